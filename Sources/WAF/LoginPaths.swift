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

    private static let maximumPathBytes = 512
}
