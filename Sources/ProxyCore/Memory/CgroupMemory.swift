/// The memory that a cgroup allows, and what it uses (Linux; cgroups(7), versions 1 and 2).
struct CgroupMemory: Sendable {
  /// Bytes: the smallest limit from this process's group up to the root.
  let limit: Int64
  private let folder: String
  private let isVersion2: Bool

  /// Nil where there is no limit, or none can be read.
  ///
  /// - Parameters:
  ///   - membership: the text of `/proc/self/cgroup`.
  ///   - mount: where the hierarchies are mounted.
  init?(
    membership: String? = ProcessUsage.readSmallFile("/proc/self/cgroup"), mount: String = "/sys/fs/cgroup"
  ) {
    for line in membership?.split(separator: "\n") ?? [] {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isVersion2 = parts[0] == "0" && parts[1].isEmpty
      guard isVersion2 || parts[1].split(separator: ",").contains("memory") else { continue }
      let root = isVersion2 ? mount : mount + "/memory"
      let file = isVersion2 ? "memory.max" : "memory.limit_in_bytes"
      guard let (folder, limit) = Self.smallest(root, String(parts[2]), file) else { continue }
      self.limit = limit
      self.folder = folder
      self.isVersion2 = isVersion2
      return
    }
    return nil
  }

  /// The folder with the smallest limit on the way up, and that limit.
  private static func smallest(_ root: String, _ path: String, _ file: String) -> (folder: String, limit: Int64)? {
    var found: (folder: String, limit: Int64)?
    var parts = path.split(separator: "/")
    while true {
      let folder = parts.reduce(root) { $0 + "/" + $1 }
      if let limit = number(folder + "/" + file), limit < found?.limit ?? unlimited { found = (folder, limit) }
      guard parts.popLast() != nil else { return found }
    }
  }

  /// Version 1 says "no limit" with the largest number of whole pages.
  private static let unlimited = Int64.max >> 8

  /// Nil for `max`, and for what is not there.
  private static func number(_ path: String) -> Int64? {
    ProcessUsage.readSmallFile(path).flatMap { text in Int64(text.filter { !$0.isWhitespace }) }
  }

  /// What cannot be taken back without ending something: memory of processes, of the kernel for them, and of sockets; not
  /// the page cache. Nil where it cannot be read.
  func usage() -> Int64? {
    guard let text = ProcessUsage.readSmallFile(folder + "/memory.stat") else { return nil }
    let wanted: Set<Substring> = isVersion2 ? ["anon", "kernel", "sock"] : ["total_rss"]
    var sum: Int64?
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.count == 2, wanted.contains(parts[0]), let bytes = Int64(parts[1]) else { continue }
      sum = (sum ?? 0) &+ bytes
    }
    return sum
  }
}
