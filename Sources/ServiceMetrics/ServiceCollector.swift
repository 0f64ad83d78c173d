/// Asks one kind of service for its figures. One file a service in `Services/`.
protocol ServiceCollector: Sendable {
    /// Blocks, and ends within the access' deadline.
    /// - Throws: why there are none.
    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading
}

extension ServiceKind {
    /// Who asks it.
    var collector: any ServiceCollector {
        switch self {
        case .haproxy: HAProxyCollector()
        case .varnish: VarnishCollector()
        case .keepalived: KeepalivedCollector()
        case .nginx: NginxCollector()
        case .phpFPM: PHPFPMCollector()
        case .mariadb: MariaDBCollector()
        case .redis: RedisCollector()
        case .memcached: MemcachedCollector()
        case .postfix: PostfixCollector()
        case .sphinx: SphinxCollector()
        case .solr: SolrCollector()
        case .rabbitmq: RabbitMQCollector()
        case .sshd: SSHCollector()
        case .cron: CronCollector()
        }
    }
}
