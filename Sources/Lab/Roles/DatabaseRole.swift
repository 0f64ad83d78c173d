/// The role `db`: MariaDB, with its data on the stack's storage, so that a backup finds it where the lost one left it.
package enum DatabaseRole {
    package static let port = 3306
    package static let address = "10.77.0.31"
    /// Connections at once; small, so that a laptop can use them up.
    package static let maximumConnections = 40

    /// - Parameter data: directory of the stack's storage.
    package static func image(data: String) -> RoleImage {
        var image = RoleImage("mariadb", start: "exec /usr/sbin/mariadbd --defaults-file=/etc/mariadb.cnf")
        image.data = data
        image.directories = ["run/mysqld"]
        image.files["etc/mariadb.cnf"] = configuration
        return image
    }

    /// MariaDB in some fifty megabytes. The doublewrite buffer is left out, as pages are written whole on what the laboratory runs on.
    static let configuration = """
        [mariadbd]
        user = root
        datadir = /data
        socket = /run/mysqld/mysqld.sock
        pid-file = /run/mysqld/mysqld.pid
        bind-address = 0.0.0.0
        port = \(port)
        skip-name-resolve
        skip-log-bin
        performance_schema = OFF
        innodb_buffer_pool_size = 8M
        \(sizes.joined(separator: "\n"))
        innodb_flush_log_at_trx_commit = 1
        innodb_use_native_aio = 0
        innodb_doublewrite = 0
        aria_pagecache_buffer_size = 1M
        key_buffer_size = 1M
        max_connections = \(maximumConnections)

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

    /// The shop's tables and users. Passwords there are none: nothing leads out of the laboratory's network. One statement a line, as the
    /// bootstrap wants it.
    package static func schema() -> String {
        var lines = [
            "CREATE DATABASE shop;", "USE shop;",
            "CREATE TABLE product (id INT PRIMARY KEY, title VARCHAR(80) NOT NULL, price INT NOT NULL) ENGINE=InnoDB;",
            "CREATE TABLE purchase (id INT AUTO_INCREMENT PRIMARY KEY, product INT NOT NULL, state VARCHAR(10) NOT NULL) ENGINE=InnoDB;",
            "CREATE TABLE witness (id INT PRIMARY KEY, number BIGINT NOT NULL) ENGINE=InnoDB;",
            "INSERT INTO product VALUES "
                + Catalogue.products.map { "(\($0.id),'\($0.title)',\($0.price))" }.joined(separator: ",") + ";",
        ]
        lines += ["shop", "witness", "magewatch"].flatMap { user in
            [
                "INSERT INTO mysql.global_priv VALUES ('%', '\(user)', '{\"access\":0,\"plugin\":\"mysql_native_password\","
                    + "\"authentication_string\":\"\"}');",
                "INSERT INTO mysql.db (Host, Db, User, Select_priv, Insert_priv, Update_priv, Delete_priv) "
                    + "VALUES ('%', 'shop', '\(user)', 'Y', 'Y', 'Y', 'Y');",
            ]
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
