/// Where shops and their neighbours take passwords.
enum LoginPaths {
    private static let paths = [
        "/login", "/customer/account/loginpost", "/customer/ajax/login", "/admin", "/wp-login.php", "/xmlrpc.php", "/user/login",
        "/signin", "/rest/v1/integration/customer/token", "/rest/v1/integration/admin/token", "/administrator",
    ].map { Array($0.utf8) }

    /// Whether a request tries a password: a POST to one of the paths, or below it.
    static func isAttempt(method: ArraySlice<UInt8>, uri: ArraySlice<UInt8>) -> Bool {
        guard method.elementsEqual("POST".utf8) else { return false }
        let path = uri.prefix(maximumPathBytes).prefix { $0 != UInt8(ascii: "?") }.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        return paths.contains { prefix in
            path.starts(with: prefix) && (path.count == prefix.count || path[prefix.count] == UInt8(ascii: "/"))
        }
    }

    /// Where the shop's administration takes passwords, and the answer with which it lets one in.
    private static let entrances: [(path: [UInt8], status: Int)] = [
        (Array("/admin".utf8), 302), (Array("/admin/admin".utf8), 302), (Array("/admin/admin/index/index".utf8), 302),
        (Array("/index.php/admin".utf8), 302), (Array("/rest/v1/integration/admin/token".utf8), 200),
    ]

    /// Whether a request let someone into the shop's administration: after a wrong password the form is shown again, or 401 answered.
    static func isAdminEntry(method: ArraySlice<UInt8>, uri: ArraySlice<UInt8>, status: Int) -> Bool {
        guard status == 200 || status == 302, method.elementsEqual("POST".utf8) else { return false }
        var path = uri.prefix(maximumPathBytes).prefix { $0 != UInt8(ascii: "?") }.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        if path.count > 1, path.last == UInt8(ascii: "/") { path.removeLast() }
        return entrances.contains { $0.status == status && path == $0.path }
    }

    private static let maximumPathBytes = 512
}
