# SPDX-License-Identifier: ISC
# peers.sh - mail servers of others, for scripts in tests/sys that have tests/lib.sh and tests/gateway.sh: each on ports of its own,
# with everything it keeps below $dir, and with nothing of the system's configuration.
unpacked=$PWD/build/peers
exim=$unpacked/exim4-daemon-light/usr/sbin/exim4
exim_pid=

# A certificate for 127.0.0.1 and localhost: $dir/NAME.pem, $dir/NAME.key.
make_tls() {	# name
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/$1.key" -out "$dir/$1.pem" -days 30 \
	    -subj "/CN=$1.example" -addext subjectAltName=IP:127.0.0.1,DNS:localhost 2>/dev/null
}

has_exim() { [ -x "$exim" ] && [ -n "$(exim_names)" ]; }
# Exim wants a user Debian-exim; here that is another name of who runs the test.
exim_names() { ls /usr/lib/*/libnss_wrapper.so 2>/dev/null | head -n 1; }
run_exim() {	# arguments; in a process of its own, which becomes Exim
	exec env LD_PRELOAD="$(exim_names)" NSS_WRAPPER_PASSWD="$dir/exim/passwd" NSS_WRAPPER_GROUP="$dir/exim/group" \
	    "$exim" -C "$dir/exim/conf" "$@"
}

# On ports $exim_port (STARTTLS offered) and $exim_tls_port (TLS first). Users: edi, password "secret". What it takes goes where
# the routers, transports and retry rules on stdin say: three parts, with "begin transports" and "begin retry" between them.
start_exim() {
	free_port; exim_port=$port
	free_port; exim_tls_port=$port
	mkdir -p "$dir/exim/spool" "$dir/exim/log"
	printf 'Debian-exim:x:%s:%s::/:/bin/false\nnobody:x:%s:%s::/:/bin/false\n' "$(id -u)" "$(id -g)" "$(id -u nobody)" "$(id -g nobody)" \
	    >"$dir/exim/passwd"
	printf 'Debian-exim:x:%s:\n' "$(id -g)" >"$dir/exim/group"
	make_tls exim
	cat >"$dir/exim/conf" <<CONF
exim_path = $exim
spool_directory = $dir/exim/spool
log_file_path = $dir/exim/log/%s
pid_file_path = $dir/exim/pid
primary_hostname = exim.example
domainlist relayed = *
deliver_drop_privilege = true
keep_environment = LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
host_lookup =
rfc1413_query_timeout = 0s
helo_allow_chars = _
tls_advertise_hosts = *
tls_certificate = $dir/exim.pem
tls_privatekey = $dir/exim.key
tls_on_connect_ports = $exim_tls_port
dsn_advertise_hosts = *
chunking_advertise_hosts = *
auth_advertise_hosts = \${if eq{\$tls_in_cipher}{}{}{*}}
log_selector = +tls_cipher +received_recipients
delay_warning = 1s
delay_warning_condition = yes
bounce_return_size_limit = 20K
message_size_limit = 100M
queue_run_in_order = true
acl_smtp_rcpt = accept_all
begin acl
accept_all:
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{\$auth2}{edi}}{eq{\$auth3}{secret}}}}
  server_set_id = \$auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = "Username:: : Password::"
  server_condition = \${if and{{eq{\$auth1}{edi}}{eq{\$auth2}{secret}}}}
  server_set_id = \$auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = \${if eq{\$auth1}{edi}{secret}fail}
  server_set_id = \$auth1
begin routers
$(cat)
CONF
	(run_exim -bV) >"$dir/exim.log" 2>&1 || return 1
	run_exim -bdf -q1s -oX "127.0.0.1.$exim_port : 127.0.0.1.$exim_tls_port" >>"$dir/exim.log" 2>&1 &
	exim_pid=$!
	wait_for 60 exim_listens
}
stop_exim() {
	[ -z "$exim_pid" ] || kill "$exim_pid" 2>/dev/null
	wait_for 60 exim_is_gone
}
exim_is_gone() { ! pgrep -f "$dir/exim/conf"; }
exim_listens() { printf 'QUIT\r\n' | timeout 10 "$b/tool/fake/talk" "$exim_port" | grep -q '^220 exim'; }

has_node() {	# module
	command -v node >/dev/null && [ -d "$unpacked/node_modules/$1" ]
}

# A Postfix of our own: $postfix_port (STARTTLS offered, which its AUTH wants), a queue below $dir, nothing of the system's
# configuration. Only root may. Its user nordwind@postfix.example has the password $postfix_password. On stdin: more of main.cf; the
# argument: more of master.cf.
postfix_password='pass word: with "everything"'
start_postfix() {	# lines for master.cf
	free_port; postfix_port=$port
	postfix_etc=$dir/postfix
	mkdir -p "$postfix_etc/sasl" "$dir/queue" "$dir/data" && chown postfix "$dir/data"
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$postfix_etc/tls.key" -out "$postfix_etc/tls.pem" -days 30 \
	    -subj /CN=postfix.example -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	cat >"$postfix_etc/main.cf" <<CF
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
maillog_file = $dir/postfix.maillog
maillog_file_prefixes = $dir
myhostname = postfix.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_tls_cert_file = $postfix_etc/tls.pem
smtpd_tls_key_file = $postfix_etc/tls.key
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = postfix.example
cyrus_sasl_config_path = $postfix_etc/sasl
smtp_tls_security_level = may
CF
	cat >>"$postfix_etc/main.cf"
	cat >"$postfix_etc/master.cf" <<CF
127.0.0.1:$postfix_port inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
error     unix - - n - - error
retry     unix - - n - - error
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
$1
CF
	printf 'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: %s\nmech_list: PLAIN LOGIN\n' "$postfix_etc/sasldb2" \
	    >"$postfix_etc/sasl/smtpd.conf"
	printf %s "$postfix_password" | saslpasswd2 -p -c -f "$postfix_etc/sasldb2" -u postfix.example nordwind
	chmod 644 "$postfix_etc/sasldb2" "$postfix_etc/tls.key"
	if ! postfix -c "$postfix_etc" start >"$dir/postfix.log" 2>&1; then
		note "$(cat "$dir/postfix.log" "$dir/postfix.maillog" 2>/dev/null)"
		return 1
	fi
}
stop_postfix() { postfix -c "$dir/postfix" stop >/dev/null 2>&1; }
has_postfix() {
	PATH=$PATH:/usr/sbin:/sbin
	command -v postfix >/dev/null && command -v saslpasswd2 >/dev/null
}
# Postfix runs as root and as its own users, the gateways as nobody: $e is a copy that all of them can reach.
gateways_as_nobody() {
	chmod 755 "$dir"
	mkdir "$dir/bin"
	cp "$b"/edigate* "$dir/bin/"
	cat >"$dir/edigate" <<SH
#!/bin/sh
[ "\$(id -u)" = 0 ] || exec env -u EDIGATE_LIBEXEC "$dir/bin/edigate" "\$@"
exec setpriv --reuid=nobody --regid=$(id -g nobody) --clear-groups env -u EDIGATE_LIBEXEC HOME=/ "$dir/bin/edigate" "\$@"
SH
	chmod 755 "$dir/edigate"
	chown nobody "$dir"
	e=$dir/edigate
}
