package import AgentContract

/// The role `db`: MariaDB as a primary and a replica, each with data of its own. The primary acknowledges what its replica has, and no more; the
/// replica is promoted when it is lost.
package enum DatabaseRole {
    package static let port = 3306
    /// Moves with the primary, besides its own.
    package static let address = "10.77.0.31"
    /// The pool of the load balancers that has the primary in it, and nobody else.
    package static let pool = "db"
    /// The account by which members follow and ask each other.
    package static let memberUser = "replica"
    package static let socket = "/run/mysqld/mysqld.sock"
    /// Connections at once; small, so that a laptop can use them up.
    package static let maximumConnections = 40
    /// Where the data lies in the container.
    static let directory = "/data/db"

    /// - Parameter seed: the shop's tables and accounts, as every member begins.
    package static func image(seed: String) -> RoleImage {
        // A member is known by the number in its name. A copy that was cut short is made anew.
        var image = RoleImage(
            "mariadb",
            start: """
                if [ ! -d \(directory) ]; then
                    rm -rf /data/new
                    cp -a /seed /data/new
                    mv /data/new \(directory)
                fi
                exec /usr/sbin/mariadbd --defaults-file=/etc/mariadb.cnf --server-id="$(hostname | tr -cd 0-9)"
                """)
        image.volumes = ["/data"]
        image.mounts = [(seed, "/seed")]
        image.directories = ["run/mysqld", "seed"]
        image.files["etc/mariadb.cnf"] = configuration
        return image
    }

    /// How members are reached.
    package static func access(passwordFile: String) -> DatabaseAccess {
        DatabaseAccess(port: port, user: memberUser, passwordFile: passwordFile, socket: socket)
    }

    /// MariaDB in some fifty megabytes, and as the monitor's promotions need it: nobody starts as a primary, and what no replica acknowledged is
    /// dropped after a crash. The doublewrite buffer is left out, as pages are written whole on what the laboratory runs on.
    static let configuration = """
        [mariadbd]
        user = root
        datadir = \(directory)
        socket = \(socket)
        pid-file = /run/mysqld/mysqld.pid
        bind-address = 0.0.0.0
        port = \(port)
        skip-name-resolve
        log_bin = binlog
        log_slave_updates = 1
        sync_binlog = 1
        relay_log = relay
        gtid_strict_mode = 1
        read_only = 1
        init_rpl_role = SLAVE
        rpl_semi_sync_slave_enabled = 1
        skip_slave_start = 1
        performance_schema = OFF
        innodb_buffer_pool_size = 8M
        \(sizes.joined(separator: "\n"))
        innodb_flush_log_at_trx_commit = 1
        innodb_use_native_aio = 0
        innodb_doublewrite = 0
        aria_pagecache_buffer_size = 1M
        key_buffer_size = 1M
        max_connections = \(maximumConnections)
        # The load balancers' checks connect and say nothing.
        max_connect_errors = 4294967295

        """

    /// What the data is made with and has to be opened with.
    private static let sizes = ["innodb_log_file_size = 4M", "innodb_data_file_path = ibdata1:10M:autoextend"]

    /// The command that makes an empty database.
    package static func installation(data: String) -> [String] {
        [
            "mariadb-install-db", "--no-defaults", "--datadir=\(data)", "--user=root", "--skip-test-db",
            "--auth-root-authentication-method=normal", "--innodb-log-file-size=4M",
            "--innodb-data-file-path=ibdata1:10M:autoextend", "--innodb-buffer-pool-size=8M",
        ]
    }

    /// The command that runs ``schema`` from its standard input before there is a server.
    package static func bootstrap(data: String, input: String) -> [String] {
        [
            "sh", "-c",
            "mariadbd --no-defaults --bootstrap --user=root --datadir='\(data)' --innodb-log-file-size=4M "
                + "--innodb-data-file-path=ibdata1:10M:autoextend --innodb-buffer-pool-size=8M < '\(input)'",
        ]
    }

    /// The shop's tables and users. Passwords there are none but the members': nothing leads out of the laboratory's network. One statement a
    /// line, as the bootstrap wants it.
    package static func schema(memberPassword: String) -> String {
        var lines = [
            "CREATE DATABASE shop;", "USE shop;",
            "CREATE TABLE product (id INT PRIMARY KEY, title VARCHAR(80) NOT NULL, price INT NOT NULL) ENGINE=InnoDB;",
            "CREATE TABLE purchase (id INT AUTO_INCREMENT PRIMARY KEY, product INT NOT NULL, state VARCHAR(10) NOT NULL) ENGINE=InnoDB;",
            "CREATE TABLE witness (id INT PRIMARY KEY, number BIGINT NOT NULL) ENGINE=InnoDB;",
            "CREATE TABLE ledger (id BIGINT PRIMARY KEY) ENGINE=InnoDB;",
            "INSERT INTO product VALUES "
                + Catalogue.products.map { "(\($0.id),'\($0.title)',\($0.price))" }.joined(separator: ",") + ";",
            "FLUSH PRIVILEGES;", "CREATE USER \(memberUser)@'%' IDENTIFIED BY '\(memberPassword)';",
            "GRANT REPLICATION SLAVE, SLAVE MONITOR, BINLOG MONITOR ON *.* TO \(memberUser)@'%';",
        ]
        lines += ["shop", "witness", "magewatch"].flatMap { user in
            ["CREATE USER \(user)@'%';", "GRANT SELECT, INSERT, UPDATE, DELETE ON shop.* TO \(user)@'%';"]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// What the shop sells, the same on every run.
package enum Catalogue {
    package static let products: [(id: Int, title: String, price: Int)] = {
        let words = ["linen", "cotton", "wool", "blue", "green", "shirt", "scarf", "winter", "summer", "gift"]
        return (1...500).map { id in
            (id, "\(words[id % 10]) \(words[(id / 10) % 10]) number\(id)", 100 + id * 37 % 9000)
        }
    }()

    /// As the indexer of Sphinx reads it.
    package static var tabSeparated: String {
        products.map { "\($0.id)\t\($0.title)\t\($0.price)" }.joined(separator: "\n") + "\n"
    }
}
