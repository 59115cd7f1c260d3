# SPDX-License-Identifier: MIT
nginxdir = $(datadir)/sora2api/nginx
dist_nginx_DATA = nginx/sora2api.conf

dist_nginxsnippets_DATA = \
	nginx/snippets/sora2api-answer.conf \
	nginx/snippets/sora2api-errors.conf \
	nginx/snippets/sora2api-fastcgi.conf \
	nginx/snippets/sora2api-http.conf \
	nginx/snippets/sora2api-sandbox.conf \
	nginx/snippets/sora2api.conf
