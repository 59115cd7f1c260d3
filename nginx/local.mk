nginxdir = $(datadir)/sora2api/nginx
dist_nginx_DATA = \
	nginx/sora2api.conf

nginxsnippetsdir = $(nginxdir)/snippets
dist_nginxsnippets_DATA = \
	nginx/snippets/sora2api-fastcgi.conf \
	nginx/snippets/sora2api-http.conf \
	nginx/snippets/sora2api.conf

# For the demo and the tests only.
EXTRA_DIST += nginx/snippets/sora2api-sandbox.conf
