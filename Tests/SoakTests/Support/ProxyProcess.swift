import TestSupport
import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A built `gzproxy serve`, started as its own process on a port of the system's choice. It ends with this object, and with
/// the test process whatever ends that one.
final class ProxyProcess: Sendable {
  let port: Int
  private let child: ChildProcess

  init(upstream port: Int, _ flags: [String] = []) throws {
    let folder = OwnExecutable.path.flatMap { path in path.lastIndex(of: "/").map { String(path[...$0]) } } ?? ""
    (child, self.port, _) = try ChildProcess.startServer(
      executable: folder + "gzproxy",
      arguments: [
        "serve", "--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:\(port)", "--telemetry",
        "--access-log", "off",
      ] + flags,
      name: "gzproxy")
  }

  func end() { child.end(within: .zero) }
  var isRunning: Bool { child.isRunning }

  /// Resident set in KiB; nil where the kernel has no such file.
  var residentKiB: Int? { field("VmRSS:") }
  var residentPeakKiB: Int? { field("VmHWM:") }

  /// The resident set once it has stopped growing: the largest of the looks, ten of them in a row without a new one. They are
  /// a tenth of a second apart, and at most a minute in all; the process's end is seen at once.
  func settledKiB() -> Int? {
    guard var largest = residentKiB else { return nil }
    var since = 0
    for _ in 0..<600 where since < 10 {
      guard !ends(within: 100), let now = residentKiB else { return nil }
      since = now > largest + 64 ? 0 : since + 1
      largest = max(largest, now)
    }
    return largest
  }

  /// Whether the process ends in that time: nobody reads the pipe that keeps it alive then.
  private func ends(within milliseconds: Int32) -> Bool {
    var poller = pollfd(fd: child.lifeDescriptor ?? -1, events: 0, revents: 0)
    return poll(&poller, 1, milliseconds) > 0
  }

  /// How many descriptors the process has open; nil where the kernel does not say.
  var descriptors: Int? {
    guard let folder = opendir("/proc/\(child.pid)/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }

  /// A number from `stats`.
  func stat(_ name: String) throws -> Int? {
    let client = try SocketPeer.connect(port: port)
    client.write("GET /.gzproxy/stats HTTP/1.1\r\nHost: stats\r\nConnection: close\r\n\r\n")
    let text = String(decoding: client.readToEnd().bytes, as: UTF8.self)
    guard let name = text.firstRange(of: "\"\(name)\":") else { return nil }
    return Int(text[name.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
  }

  private func field(_ name: String) -> Int? {
    guard let text = SmallFile.read("/proc/\(child.pid)/status") else { return nil }
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
    return Int(line.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }.prefix { $0.isNumber })
  }
}

/// A file of the kernel's, read whole.
enum SmallFile {
  static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var space = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&space, 1, space.count, file)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += space[..<count]
    }
  }
}
