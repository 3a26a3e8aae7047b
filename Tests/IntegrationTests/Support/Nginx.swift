import Foundation

/// A real nginx in the foreground on loopback, serving a folder.
final class Nginx: Sendable {
  let port: Int
  private let folder: URL
  private let process: Process

  var url: String { "http://127.0.0.1:\(port)" }

  private init(port: Int, folder: URL, process: Process) {
    self.port = port
    self.folder = folder
    self.process = process
  }

  /// nginx cannot choose a port itself: one that was free a moment ago is tried, three times.
  ///
  /// - Parameter server: more directives of its one server.
  static func start(root: String, server: String = "") async throws -> Nginx {
    guard let executable = Products.system("nginx") else {
      throw RunningServer.Failure(description: "nginx is missing: Scripts/deps.sh --test installs it")
    }
    for _ in 0..<3 {
      let free = try SilentServer()
      let port = free.port
      free.stop()
      if let nginx = try await start(executable, port: port, root: root, server) { return nginx }
    }
    throw RunningServer.Failure(description: "nginx found no free port in three tries")
  }

  private static func start(_ executable: String, port: Int, root: String, _ more: String) async throws -> Nginx? {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gztop-nginx-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: " ")
    let configuration = """
      daemon off; master_process off; worker_processes 1; pid \(folder.path)/pid; error_log \(folder.path)/error.log;
      events { worker_connections 1024; }
      http {
        access_log off; sendfile on; keepalive_requests 1000000; types {} default_type application/octet-stream; \(temporary)
        server {
          listen 127.0.0.1:\(port); root \(root); \(more)
          location ~ \\.labelled$ { add_header Content-Encoding gzip; }
        }
      }
      """
    let file = folder.appendingPathComponent("nginx.conf")
    try configuration.write(to: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = ["-c", file.path, "-p", folder.path, "-e", folder.path + "/start.log"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let server = Nginx(port: port, folder: folder, process: process)
    for _ in 0..<100 {
      if let answer = try? await Tool.run(
        "/usr/bin/curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", server.url + "/"]),
        answer.exit == 0
      {
        return server
      }
      guard process.isRunning else { break }
    }
    server.stop()
    return nil
  }

  func stop() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }
}
