/// The role `acc`: OpenSSH with SFTP, and cron, over the customer's files on the stack's storage.
package enum AccessRole {
    package static let port = 22
    package static let address = "10.77.0.81"
    package static let user = "customer"

    /// - Parameters:
    ///   - data: the customer's directory on the stack's storage.
    ///   - keys: directory with `host_key` and `customer.pub`.
    package static func image(data: String, keys: String) -> RoleImage {
        var image = RoleImage(
            "acc",
            start: """
                echo '\(user):x:4000:4000::/data/home:/bin/sh' >> /etc/passwd
                echo '\(user):x:4000:' >> /etc/group
                mkdir -p /data/home
                chown 4000:4000 /data/home
                install -m 600 /keys/host_key /etc/ssh/host_key
                install -m 644 /keys/customer.pub /etc/ssh/authorized_keys
                chmod 644 /etc/crontab
                cron
                exec /usr/sbin/sshd -D -e -f /etc/ssh/sshd_config
                """)
        image.data = data
        image.mounts = [(keys, "/keys")]
        image.directories = ["run/sshd", "var/spool/cron/crontabs", "etc/cron.d"]
        image.files["etc/crontab"] = "* * * * * \(user) date > /data/home/cron-ran\n"
        image.files["etc/pam.d/cron"] =
            "auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\n"
        image.files["etc/ssh/sshd_config"] = """
            Port \(port)
            HostKey /etc/ssh/host_key
            AuthorizedKeysFile /etc/ssh/authorized_keys
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            UseDNS no
            StrictModes no
            MaxStartups 20
            Subsystem sftp internal-sftp

            """
        return image
    }
}
