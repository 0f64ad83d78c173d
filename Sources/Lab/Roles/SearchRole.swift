/// The role `search`: Sphinx. Every container makes the index anew from the stack's shared files, so any number of them can share the work.
package enum SearchRole {
    package static let port = 9306
    package static let pool = "search"

    /// - Parameter files: the stack's shared files.
    package static func image(files: String) -> RoleImage {
        var image = RoleImage(
            "search",
            start: """
                indexer --config /etc/sphinx.conf --quiet --all
                exec searchd --config /etc/sphinx.conf --nodetach
                """)
        image.directories = ["var/lib/sphinx"]
        image.mounts = [(files, "/srv")]
        image.files["etc/sphinx.conf"] = configuration
        return image
    }

    static let configuration = """
        source products
        {
            type = tsvpipe
            tsvpipe_command = cat /srv/products.tsv
            tsvpipe_field = title
            tsvpipe_attr_uint = price
        }
        index products
        {
            source = products
            path = /var/lib/sphinx/products
            min_infix_len = 2
        }
        indexer
        {
            mem_limit = 8M
        }
        searchd
        {
            listen = \(port):mysql41
            pid_file = /run/searchd.pid
            log = /var/log/searchd.log
            workers = threads
            max_children = 30
            binlog_path =
        }

        """
}
