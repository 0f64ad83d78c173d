/// The other half of the role `db`: Redis, which keeps the visitors' sessions, and Memcached, which keeps what can be had again.
package enum CacheRole {
    package static let redisPort = 6379
    package static let memcachedPort = 11_211
    package static let address = "10.77.0.32"

    /// - Parameter data: directory of the stack's storage; sessions outlive the container.
    package static func image(data: String) -> RoleImage {
        var image = RoleImage(
            "cache",
            start: """
                memcached -u root -m 8 -c 64 -t 1 -l 0.0.0.0 -p \(memcachedPort) &
                exec redis-server /etc/redis.conf
                """)
        image.data = data
        image.files["etc/redis.conf"] = """
            bind 0.0.0.0
            protected-mode no
            port \(redisPort)
            daemonize no
            maxmemory 16mb
            maxmemory-policy volatile-lru
            maxclients 200
            save ""
            appendonly yes
            appendfsync everysec
            dir /data

            """
        return image
    }
}
