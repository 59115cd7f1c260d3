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
	    -e 's|@sbindir[@]|$(sbindir)|g' \
	    -e 's|@sysconfdir[@]|$(sysconfdir)|g' \
	    -e 's|@localstatedir[@]|$(localstatedir)|g' \
	    $(srcdir)/$@.in >$@.tmp && mv $@.tmp $@

conf/logrotate.d/sora2api: conf/logrotate.d/sora2api.in
conf/sora2api-poller.service: conf/sora2api-poller.service.in
conf/sora2api.socket: conf/sora2api.socket.in
conf/sora2api@.service: conf/sora2api@.service.in
conf/sysusers.d/sora2api.conf: conf/sysusers.d/sora2api.conf.in
conf/tmpfiles.d/sora2api.conf: conf/tmpfiles.d/sora2api.conf.in

conf/sora2api.conf.sample: conf/sora2api.conf Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(SED) \
	    -e 's|"/var/|"$(localstatedir)/|' \
	    $(srcdir)/conf/sora2api.conf >$@.tmp && mv $@.tmp $@

systemdunitdir = $(prefix)/lib/systemd/system
systemdunit_DATA = \
	conf/sora2api-poller.service \
	conf/sora2api.socket \
	conf/sora2api@.service
dist_systemdunit_DATA = conf/sora2api.target

sysusersdir = $(prefix)/lib/sysusers.d
sysusers_DATA = conf/sysusers.d/sora2api.conf
tmpfilesdir = $(prefix)/lib/tmpfiles.d
tmpfiles_DATA = conf/tmpfiles.d/sora2api.conf

confdir = $(datadir)/sora2api
conf_DATA = conf/sora2api.conf.sample
logrotatedir = $(confdir)/logrotate.d
logrotate_DATA = conf/logrotate.d/sora2api

CLEANFILES += $(conf_made) conf/sora2api.conf.sample
EXTRA_DIST += \
	conf/logrotate.d/sora2api.in \
	conf/sora2api-poller.service.in \
	conf/sora2api.conf \
	conf/sora2api.socket.in \
	conf/sora2api@.service.in \
	conf/sysusers.d/sora2api.conf.in \
	conf/tmpfiles.d/sora2api.conf.in
