import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server program that cannot choose its port itself: one that was free a moment ago is tried, up to five times.
struct PortServer {
  let port: Int
  private let child: ChildProcess

  init(_ executable: String, package: String, arguments: (Int) throws -> [String]) throws {
    try #require(access(executable, X_OK) == 0, "\(package) is missing: Scripts/deps.sh --test installs it")
    for _ in 0..<5 {
      let port = try ScriptedServer.refusedPort()
      let child = try ChildProcess.start(
        executable: executable, arguments: try arguments(port), name: executable, errors: .null)
      if Self.isReady(port, child) {
        (self.port, self.child) = (port, child)
        return
      }
      child.end(within: .zero)
    }
    throw ToolFailure(.couldNotRun, "\(executable) found no free port in five tries")
  }

  func stop() { child.end(within: .zero) }

  /// Within five seconds, and not somebody else on the same port: then ours would have ended.
  private static func isReady(_ port: Int, _ child: ChildProcess) -> Bool {
    let limit = MonotonicClock.now() + 5_000_000_000
    while MonotonicClock.now() < limit, kill(child.pid, 0) == 0 {
      if ScriptedServer.isOpen(port) { return true }
      poll(nil, 0, 5)
    }
    return false
  }
}

/// nginx on loopback with one server of its own, serving a folder.
struct NginxServer {
  private let server: PortServer
  private let scheme: String

  /// - Parameters:
  ///   - listen: what follows the address: `ssl http2`.
  ///   - server: directives of the server, `location` of its `location /`.
  init(folder: String, listen: String = "", server: String = "", location: String = "") throws {
    scheme = listen.contains("ssl") ? "https" : "http"
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path /tmp;" }.joined()
    self.server = try PortServer("/usr/sbin/nginx", package: "nginx") { port in
      let configuration = """
        daemon off; master_process off; pid \(folder)/nginx.pid; error_log /dev/null;
        events { worker_connections 1024; }
        http {
          access_log off; types {} default_type application/octet-stream; \(temporary)
          server {
            listen 127.0.0.1:\(port) \(listen); root \(folder); \(server)
            location / { \(location) }
          }
        }
        """
      try TemporaryFolder.write(configuration, to: "\(folder)/nginx.conf")
      return ["-c", "\(folder)/nginx.conf", "-p", folder, "-e", "/dev/null"]
    }
  }

  func url(_ path: String = "/") -> String { "\(scheme)://127.0.0.1:\(server.port)\(path)" }
  func stop() { server.stop() }
}

/// A key and a certificate that signs itself, for 127.0.0.1.
struct SelfSigned {
  let key: String
  let certificate: String

  init(in folder: TemporaryFolder, name: String = "server") throws {
    key = "\(folder.path)/\(name)-key.pem"
    certificate = "\(folder.path)/\(name)-cert.pem"
    let run = try ToolRun(
      executable: "/usr/bin/env",
      ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        + ["-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate])
    #expect(run.exit == 0, "\(run.errors)")
  }

  /// For nginx.
  var directives: String { "ssl_certificate \(certificate); ssl_certificate_key \(key);" }
}

extension TemporaryFolder {
  static func write(_ text: String, to path: String) throws { try ReportFile(path: path).save(text) }

  /// Files of random bytes, gzipped, whose names are their sizes before: `1000.gz`.
  func makeGzip(_ sizes: [Int]) throws {
    for size in sizes {
      let run = try ToolRun(
        executable: "/bin/sh",
        ["-c", "head -c \"$1\" /dev/urandom | gzip >\"$2\"", "sh", "\(size)", "\(path)/\(size).gz"])
      #expect(run.exit == 0)
    }
  }
}
