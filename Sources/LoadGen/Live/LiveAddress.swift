internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where `--metrics-listen` listens: `HOST:PORT`, `[::1]:PORT`, `:PORT` or a port alone for 127.0.0.1. Port 0 lets the system
/// choose.
struct LiveAddress: Sendable, Equatable {
  var host: String
  var port: Int

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// - Throws: `usage`.
  init(parsing text: String) throws(ToolFailure) {
    let colon = text.lastIndex(of: ":")
    let digits = colon.map { text[text.index(after: $0)...] } ?? text[...]
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(digits), (0...65535).contains(port)
    else {
      throw OptionText.refusal(
        "--metrics-listen", text, "must be HOST:PORT with a port from 0 to 65535, such as 127.0.0.1:9464")
    }
    var host = colon.map { text[..<$0] } ?? ""
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw OptionText.refusal("--metrics-listen", text, "an IPv6 address goes in brackets, such as [::1]:9464")
    }
    self.init(host: host.isEmpty ? "127.0.0.1" : String(host), port: port)
  }

  /// A name counts as loopback only if it is `localhost`: any other may resolve to anything.
  var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// `http://HOST:PORT` with the port that was really bound.
  func url(port: Int) -> String { host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)" }

  /// A socket that listens, and its port.
  ///
  /// - Throws: `couldNotRun`, with the system's reason.
  func listen() throws(ToolFailure) -> (descriptor: Int32, port: Int) {
    var hints = addrinfo()
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &found)
    guard status == 0, let first = found else { throw failure(String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(found) }
    let descriptor = socket(first.pointee.ai_family, first.pointee.ai_socktype, 0)
    guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0,
      systemListen(descriptor, 64) == 0
    else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw failure(reason)
    }
    return (descriptor, Self.port(of: descriptor) ?? port)
  }

  private static func port(of descriptor: Int32) -> Int? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int? in
        guard getsockname(descriptor, address, &length) == 0 else { return nil }
        // The port is at the same place in both families.
        return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          Int(UInt16(bigEndian: $0.pointee.sin_port))
        }
      }
    }
  }

  private func failure(_ reason: String) -> ToolFailure {
    ToolFailure(.couldNotRun, "--metrics-listen \(OptionText.shown(host)):\(port): cannot listen: \(reason)")
  }
}

private func systemListen(_ descriptor: Int32, _ backlog: Int32) -> Int32 { listen(descriptor, backlog) }
