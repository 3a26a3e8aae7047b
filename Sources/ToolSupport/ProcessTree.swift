#if os(Linux)
  internal import Glibc

  /// The memory of a process and all its descendants, read from /proc.
  ///
  /// Guarantees: a process that ended, was reaped, or whose number went to another one is told from one that lives. Memory
  /// that several of the processes share counts for each of them: the sum is an upper bound. Costs a few small files of /proc
  /// for each process and thread of the tree; at most `limit` processes are looked at.
  public struct ProcessTree: Sendable {
    public static let limit = 4096

    public struct Reading: Equatable, Sendable {
      public var rssBytes: Int64
      public var processes: Int
    }

    public let pid: Int32
    /// Of the process's start, in the kernel's ticks: tells it from a later one of the same number.
    private let startedAt: String

    /// Nil when there is no such process.
    public init?(pid: Int32) {
      guard let stat = Stat(pid: pid), !stat.isDead else { return nil }
      self.pid = pid
      startedAt = stat.startedAt
    }

    public static func exists(_ pid: Int32) -> Bool { ProcessTree(pid: pid) != nil }

    /// Nil when the process has ended.
    public func read() -> Reading? {
      guard let stat = Stat(pid: pid), !stat.isDead, stat.startedAt == startedAt else { return nil }
      var reading = Reading(rssBytes: 0, processes: 0)
      var seen: Set<Int32> = []
      var waiting = [pid]
      while let next = waiting.popLast(), seen.count < Self.limit {
        guard seen.insert(next).inserted else { continue }
        waiting += Self.children(of: next)
        // One that ended in between has none.
        guard let rss = Self.rss(of: next), rss > 0 else { continue }
        reading.rssBytes &+= min(rss, Int64.max &- reading.rssBytes)
        reading.processes += 1
      }
      return reading.rssBytes > 0 ? reading : nil
    }

    /// The second number of statm, in pages.
    private static func rss(of pid: Int32) -> Int64? {
      guard let text = ProcFile.text("/proc/\(pid)/statm") else { return nil }
      let fields = text.split(separator: " ")
      guard fields.count > 1, let pages = Int64(fields[1]) else { return nil }
      return pages.multipliedReportingOverflow(by: Int64(sysconf(Int32(_SC_PAGESIZE)))).partialValue
    }

    /// Every thread lists the children it made.
    private static func children(of pid: Int32) -> [Int32] {
      ProcFile.numbers(in: "/proc/\(pid)/task").flatMap { thread in
        (ProcFile.text("/proc/\(pid)/task/\(thread)/children") ?? "").split(separator: " ").compactMap { Int32($0) }
      }
    }
  }

  extension ProcessTree {
    /// What is needed of /proc/PID/stat. The name in its second field may hold anything, a parenthesis too.
    private struct Stat {
      var isDead: Bool
      var startedAt: String

      init?(pid: Int32) {
        guard let text = ProcFile.text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        // The state is field 3, the start field 22.
        guard fields.count > 19 else { return nil }
        isDead = fields[0] == "Z" || fields[0] == "X"
        startedAt = String(fields[19])
      }
    }
  }

  /// Small files and folders of /proc.
  private enum ProcFile {
    /// Nil when it cannot be read. At most 64 KiB, which is ten thousand children.
    static func text(_ path: String) -> String? {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      var bytes = [UInt8](repeating: 0, count: 4096)
      var used = 0
      while true {
        let count = bytes.withUnsafeMutableBytes {
          Glibc.read(descriptor, $0.baseAddress?.advanced(by: used), $0.count - used)
        }
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { return nil }
        used += count
        if count == 0 || used == 1 << 16 { return String(decoding: bytes[..<used], as: UTF8.self) }
        if used == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
      }
    }

    static func numbers(in path: String) -> [Int32] {
      guard let folder = opendir(path) else { return [] }
      defer { closedir(folder) }
      var numbers: [Int32] = []
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if let number = Int32(name) { numbers.append(number) }
      }
      return numbers
    }
  }
#endif
