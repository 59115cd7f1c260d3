# SPDX-License-Identifier: MIT
# What is made from a .in names the folders given to configure.
conf_made = \
	conf/logrotate.d/sora2api \
	conf/sora2api-poller.service \
	conf/sora2api.socket \
	conf/sora2api@.service \
	conf/sysusers.d/sora2api.conf \
	conf/tmpfiles.d/sora2api.conf

$(conf_made): Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) \
	    -e '/^@sandbox[@]$$/{r $(srcdir)/conf/sandbox.in' -e 'd;}' $(srcdir)/$@.in | \
	    $(SED) -e 's|@sbindir[@]|$(sbindir)|g' \
	    -e 's|@sysconfdir[@]|$(sysconfdir)|g' \
	    -e 's|@localstatedir[@]|$(localstatedir)|g' \
	    -e 's|@runstatedir[@]|$(runstatedir)|g' \
	    -e 's|@nginxgroup[@]|$(nginxgroup)|g' \
	    >$@.tmp && mv $@.tmp $@

conf/logrotate.d/sora2api: conf/logrotate.d/sora2api.in
conf/sora2api-poller.service: conf/sora2api-poller.service.in conf/sandbox.in
conf/sora2api.socket: conf/sora2api.socket.in
conf/sora2api@.service: conf/sora2api@.service.in conf/sandbox.in
conf/sysusers.d/sora2api.conf: conf/sysusers.d/sora2api.conf.in
conf/tmpfiles.d/sora2api.conf: conf/tmpfiles.d/sora2api.conf.in

conf/sora2api.conf.sample: conf/sora2api.conf Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) \
	    -e 's|"/var/|"$(localstatedir)/|' \
	    $(srcdir)/conf/sora2api.conf >$@.tmp && mv $@.tmp $@

systemdsystemunit_DATA = \
	conf/sora2api-poller.service \
	conf/sora2api.socket \
	conf/sora2api@.service
dist_systemdsystemunit_DATA = conf/sora2api.target
sysusers_DATA = conf/sysusers.d/sora2api.conf
tmpfiles_DATA = conf/tmpfiles.d/sora2api.conf
logrotate_DATA = conf/logrotate.d/sora2api

confdir = $(datadir)/sora2api
conf_DATA = conf/sora2api.conf.sample

# The configuration is the operator's: one that is there already stays as it
# is, and only one that was never changed is removed. It may come to hold
# secrets, so that it is not for everybody to read.
conf_installed = $(DESTDIR)$(sysconfdir)/sora2api.conf

install-data-local: conf/sora2api.conf.sample
	@if test -e '$(conf_installed)'; then \
	    echo '$(conf_installed) stays as it is'; \
	else \
	    $(MKDIR_P) '$(DESTDIR)$(sysconfdir)' && \
	    $(INSTALL) -m 640 conf/sora2api.conf.sample '$(conf_installed)'; \
	fi

uninstall-local:
	@if cmp -s conf/sora2api.conf.sample '$(conf_installed)'; then \
	    rm -f '$(conf_installed)'; \
	elif test -e '$(conf_installed)'; then \
	    echo '$(conf_installed) was changed, and stays'; \
	fi

# Only the folders that are ours alone.
uninstall-hook:
	-@cd '$(DESTDIR)$(datadir)' 2>/dev/null && \
	    for dir in sora2api/nginx/snippets sora2api/nginx sora2api; do \
		test ! -d $$dir || rmdir $$dir; \
	    done

CLEANFILES += $(conf_made) conf/sora2api.conf.sample
EXTRA_DIST += \
	conf/logrotate.d/sora2api.in \
	conf/sandbox.in \
	conf/sora2api-poller.service.in \
	conf/sora2api.conf \
	conf/sora2api.socket.in \
	conf/sora2api@.service.in \
	conf/sysusers.d/sora2api.conf.in \
	conf/tmpfiles.d/sora2api.conf.in
