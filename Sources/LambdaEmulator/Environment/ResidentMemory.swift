internal import ToolSupport

#if canImport(Darwin)
  internal import Darwin
#endif

/// The resident memory of a runtime: of its process and, on Linux, of all that it started.
struct ResidentMemory: Sendable {
  #if os(Linux)
    private let tree: ProcessTree?
    init(pid: Int32) { tree = ProcessTree(pid: pid) }

    /// Nil once it has ended.
    func read() -> Int64? { tree?.read()?.rssBytes }
  #else
    private let pid: Int32
    init(pid: Int32) { self.pid = pid }

    func read() -> Int64? {
      var usage = rusage_info_v2()
      let status = withUnsafeMutablePointer(to: &usage) { pointer in
        pointer.withMemoryRebound(to: rusage_info_t?.self, capacity: 1) { proc_pid_rusage(pid, RUSAGE_INFO_V2, $0) }
      }
      return status == 0 ? Int64(clamping: usage.ri_resident_size) : nil
    }
  #endif
}
