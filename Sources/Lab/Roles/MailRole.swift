/// The role `mail`: Postfix, outbound, with its queue on the stack's storage: what was accepted is sent by whoever comes after.
package enum MailRole {
    package static let port = 25
    package static let address = "10.77.0.71"

    /// Its own start script looks through every file first, which takes a second; a queue that is there already needs no look.
    /// - Parameter data: directory of the stack's storage.
    package static func image(data: String) -> RoleImage {
        var image = RoleImage(
            "mail",
            start: """
                mkdir -p /data/spool /data/lib
                chown postfix /data/lib
                rm -f /data/lib/master.lock /data/spool/pid/*
                [ -d /data/spool/active ] || postfix check
                exec /usr/lib/postfix/sbin/master -i
                """)
        image.data = data
        image.files["etc/postfix/main.cf"] = configuration
        image.files["etc/postfix/master.cf"] = services
        // What Postfix looks through to make its queue's directories.
        image.copies = ["postfix-files", "postfix-files.d", "dynamicmaps.cf", "dynamicmaps.cf.d"].map { "/etc/postfix/\($0)" }
        image.files["etc/services"] = "smtp 25/tcp\n"
        return image
    }

    static let configuration = """
        compatibility_level = 3.6
        queue_directory = /data/spool
        data_directory = /data/lib
        maillog_file = /dev/stdout
        inet_interfaces = all
        inet_protocols = ipv4
        myhostname = mail.shop.lab
        mydestination =
        mynetworks = 10.77.0.0/24 127.0.0.0/8
        relayhost = [\(RoleMachine.world.address)]:\(RoleMachine.worldMailPort)
        local_transport = error:no mail is kept here
        local_recipient_maps =
        alias_maps =
        alias_database =
        disable_dns_lookups = yes
        smtputf8_enable = no
        enable_long_queue_ids = yes
        default_process_limit = 10
        queue_run_delay = 2s
        minimal_backoff_time = 2s
        maximal_backoff_time = 4s
        smtp_connect_timeout = 1s

        """

    /// The services of Postfix that sending takes, none of them in a cage of its own: the container is one.
    static let services = """
        smtp inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        showq unix n - n - - showq
        error unix - - n - - error
        retry unix - - n - - error
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd

        """
}
