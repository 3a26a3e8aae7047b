import Foundation

/// A small website as people run them: nginx with real files and their `.gz` twins, behind gzproxy.
struct Website: Sendable {
  let folder: String
  private let nginx: Nginx
  private let proxy: RunningServer

  var url: String { proxy.url }
  func file(_ name: String) -> String { folder + "/" + name }

  static func start() async throws -> Website {
    let folder = try await files.value
    let nginx = try await Nginx.start(
      root: folder,
      server: """
        gzip_static on; gzip_proxied any; gzip_vary on;
        location ~ \\.html$ { default_type text/html; } location ~ \\.txt$ { default_type text/plain; }
        """)
    do {
      return Website(folder: folder, nginx: nginx, proxy: try await RunningServer.proxy(upstream: nginx.url))
    } catch {
      nginx.stop()
      throw error
    }
  }

  func stop() {
    proxy.stop()
    nginx.stop()
  }

  /// A folder of its own for what a client downloads.
  func downloads() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gztop-downloads-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  /// Says the digest of what fetch() brought: a browser's download without a window to click in.
  private static let page = """
    <!doctype html><title>life</title><body><p id=digest>not yet</p><script>
    (async () => {
      const body = await (await fetch('/archive.bin.gz')).arrayBuffer();
      const digest = await crypto.subtle.digest('SHA-256', body);
      document.getElementById('digest').textContent = 'sha256 ' +
        Array.from(new Uint8Array(digest)).map(x => x.toString(16).padStart(2, '0')).join('');
    })();
    </script></body>

    """

  /// Made once a process, beside the products: a page, some MiB of text, some MiB that do not compress, and their twins.
  private static let files = Task {
    let folder = Products.directory + "/website"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try page.write(toFile: folder + "/page.html", atomically: true, encoding: .utf8)
    let text = (0..<120_000).map { "line \($0) of the book: \($0 &* 2_654_435_761 % 1_000_003)\n" }.joined()
    try text.write(toFile: folder + "/book.txt", atomically: true, encoding: .utf8)
    var state: UInt64 = 1
    let noise = (0..<500_000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
    try noise.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: folder + "/archive.bin"))
    let made = try await Tool.run("/bin/sh", ["-c", "cd '\(folder)' && gzip -1kf page.html book.txt archive.bin"])
    guard made.exit == 0 else { throw RunningServer.Failure(description: "no website: \(made.standardError)") }
    return folder
  }
}
