internal import NIOCore
internal import ToolSupport
internal import UnixSignals

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The life of a server process: listen, say where, serve, drain at SIGTERM or SIGINT, end at once at a second one.
enum ServerRun {
  struct Running: Sendable {
    var port: Int
    var drain: @Sendable () async -> Void
  }

  /// Returns when the server has drained.
  ///
  /// - Throws: `ToolFailure` with `couldNotRun` when the address cannot be listened on.
  static func run(
    _ address: ListenAddress, link: ChildLink, start: @Sendable () async throws -> Running
  ) async throws {
    DescriptorLimit.raise()
    // Before the address is announced: whoever reads it may signal at once.
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let server: Running
    do { server = try await start() } catch let error as IOError {
      let reason = String(cString: strerror(error.errnoCode))
      throw ToolFailure(.couldNotRun, "cannot listen on \(address.host):\(address.port): \(reason)")
    } catch {
      throw ToolFailure(.couldNotRun, "cannot listen on \(address.host):\(address.port): \(error)")
    }
    announce("listening on \(ListenAddress(host: address.host, port: server.port).url)\n")
    link.announce(port: server.port)
    // A child whose parent is gone has nobody left to serve.
    link.watchParent { exit(0) }

    let drain = server.drain
    var isDraining = false
    for await signal in signals {
      if isDraining { exit(128 + signal.number) }
      isDraining = true
      // Not awaited: the second signal must be seen while the first one is being obeyed.
      Task {
        await drain()
        exit(0)
      }
    }
  }

  /// By hand and not by `print`, whose buffer a pipe's reader would wait for.
  private static func announce(_ line: String) {
    var line = line
    line.withUTF8 { _ = write(1, $0.baseAddress, $0.count) }
  }
}

extension UnixSignal {
  fileprivate var number: Int32 { self == .sigint ? SIGINT : SIGTERM }
}
