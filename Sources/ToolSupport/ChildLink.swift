public import ArgumentParser

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The two inherited pipes by which a lab holds its children.
///
/// A child tells the port it listens on by writing it, in decimal and a newline, to `--ready-fd`, with the port of its
/// admin listener behind a space where it has one, and ends when
/// `--life-fd` reaches its end: the parent holds the other side open and never writes, so the child ends with the
/// parent whatever ended that one, SIGKILL included.
public struct ChildLink: ParsableArguments, Sendable {
  @Option(name: .customLong("ready-fd"), help: .hidden)
  public var readyDescriptor: Int32?

  @Option(name: .customLong("life-fd"), help: .hidden)
  public var lifeDescriptor: Int32?

  public init() {}

  public var isChild: Bool { lifeDescriptor != nil }

  /// Tells the parent that the child serves on `port`. Does nothing when there is no parent to tell.
  public func announce(port: Int, adminPort: Int? = nil) {
    guard let descriptor = readyDescriptor else { return }
    let line = Array("\(port)\(adminPort.map { " \($0)" } ?? "")\n".utf8)
    _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
  }

  /// Starts a thread that calls `ended` once, when the parent is gone. Does nothing when there is no parent to watch.
  ///
  /// A thread of its own, because it must notice even when every event loop is busy.
  public func watchParent(_ ended: @escaping @Sendable () -> Void) {
    guard let descriptor = lifeDescriptor else { return }
    PlainThread.detach(name: "parent-watch") {
      var byte: UInt8 = 0
      while true {
        let count = read(descriptor, &byte, 1)
        if count > 0 || (count < 0 && errno == EINTR) { continue }
        break
      }
      ended()
    }
  }
}
