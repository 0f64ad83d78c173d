/// cron: nothing in it has a limit; what tells is a job that runs on and on, and jobs that pile up.
struct CronCollector: ServiceCollector {
    func collect(_ access: ServiceAccess) throws(ServiceError) -> ServiceReading {
        let jobs = access.members.filter { $0.parent == access.service.process && $0.state != "Z" }
        return Self.reading(ages: jobs.map(access.age))
    }

    static func reading(ages: [Double]) -> ServiceReading {
        var reading = ServiceReading()
        reading.add("cron_jobs_running", Double(ages.count))
        reading.add("cron_oldest_job_seconds", ages.max() ?? 0)
        return reading
    }
}
