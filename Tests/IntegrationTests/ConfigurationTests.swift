import Foundation
import Testing

/// Options from the command line, the environment and a file, with the built gzproxy: who wins, what is refused with which
/// line and exit code, and that what `check` prints is what `serve` takes.
@Suite("Configuration") struct ConfigurationTests {
  private static let upstream = ["--upstream", "http://127.0.0.1:9"]

  private func check(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> ToolRun {
    try await Tool.run(Products.path("gzproxy"), ["check"] + arguments, environment: environment, limit: 20)
  }

  @Test("flag > environment > file > default") func precedence() async throws {
    let file = try TemporaryFile("upstream: http://127.0.0.1:9\nmax-header-count: 3\nvia: off\nreplay-buffer: 1KiB\n")
    let run = try await check(
      ["--config", file.path, "--max-header-count", "5"],
      ["GZPROXY_MAX_HEADER_COUNT": "4", "GZPROXY_VIA": "on", "GZPROXY_HOLD_HEAD": ""])
    #expect(run.exit == 0, "\(run.standardError)")
    for line in [
      "max-header-count: 5  # flag", "via: on  # GZPROXY_VIA", "replay-buffer: 1KiB  # \(file.path):4",
      "hold-head: 0s  # default", "# admin-listen:  # default, none",
    ] { #expect(run.output.split(separator: "\n").contains(Substring(line)), "\(run.output)") }
    #expect(run.standardError.isEmpty)
  }

  @Test("what check prints, --config takes back unchanged") func roundTrip() async throws {
    let first = try await check(
      Self.upstream + ["--listen", "[::1]:0", "--trusted-proxy", "fd00::/8", "--access-log-file", "/tmp/a: b #c"],
      ["GZPROXY_TELEMETRY": "true", "GZPROXY_UPSTREAM_BODY_TIMEOUT": "1m30s"])
    #expect(first.exit == 0, "\(first.standardError)")
    let file = try TemporaryFile(first.standardOutput)
    let second = try await check(["--config", file.path])
    #expect(second.exit == 0, "\(second.standardError)")
    func values(_ run: ToolRun) -> [String] {
      run.output.split(separator: "\n").map { $0.components(separatedBy: "  # ")[0] }
    }
    #expect(values(first) == values(second))
    #expect(values(first).contains("access-log-file: \"/tmp/a: b #c\""))
    let server = try await RunningServer.start("gzproxy", ["serve", "--config", file.path], listen: nil)
    #expect(await server.end(SIGTERM) == 0)
  }

  @Test("the environment alone is enough, and serve need not be said") func environmentAlone() async throws {
    let file = try TemporaryFile("telemetry: yes\nupstream: http://127.0.0.1:9\n")
    let server = try await RunningServer.start(
      "gzproxy", [], listen: nil, environment: ["GZPROXY_CONFIG": file.path, "GZPROXY_LISTEN": "127.0.0.1:0"])
    defer { server.stop() }
    let stats = try await Tool.run(
      "/usr/bin/curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}", server.url + "/.gzproxy/stats"])
    #expect(stats.output == "200")
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var title: String
    var arguments: [String] = []
    var environment: [String: String] = [:]
    var file: String?
    var exit: Int32 = 104
    /// Stand in the one line.
    var names: [String]
    var testDescription: String { title }
  }

  static let cases: [Case] = [
    Case(title: "no upstream", exit: 2, names: ["--upstream", "is missing"]),
    Case(title: "wrong flag", arguments: upstream + ["--max-header-count", "x"], exit: 2, names: ["'x'"]),
    Case(title: "out of range", arguments: upstream + ["--max-header-count=0"], exit: 2, names: ["1 to 10000"]),
    Case(
      title: "wrong variable", arguments: upstream, environment: ["GZPROXY_MAX_HEADER_COUNT": "x"],
      names: ["GZPROXY_MAX_HEADER_COUNT: ", "'x'"]),
    Case(
      title: "variable out of range", arguments: upstream, environment: ["GZPROXY_MAX_HEADER_COUNT": "0"],
      names: ["GZPROXY_MAX_HEADER_COUNT: ", "1 to 10000"]),
    Case(
      title: "flag of the environment", arguments: upstream, environment: ["GZPROXY_TELEMETRY": "2"],
      names: ["GZPROXY_TELEMETRY: ", "true or false"]),
    Case(title: "wrong value in the file", file: "via: off\nvia-: x\n", names: ["FILE:2: via-", "did you mean via?"]),
    Case(
      title: "file out of range", file: "upstream: http://127.0.0.1:9\nthreads: 0\n", names: ["FILE:2: --threads 0"]),
    Case(
      title: "file with a wrong size", file: "upstream: http://127.0.0.1:9\nmax-header-bytes: 5 parsecs\n",
      names: ["FILE:2: ", "'5 parsecs'"]),
    Case(title: "nested", file: "listen:\n  port: 1\n", names: ["FILE:1: listen", "nested"]),
    Case(title: "list", file: "listen: [a, b]\n", names: ["FILE:1: listen", "one value"]),
    Case(title: "twice", file: "via: on\nthreads: 1\nvia: off\n", names: ["FILE:3: via", "twice"]),
    Case(title: "tab", file: "via:\n\ton\n", names: ["FILE:2:", "tab"]),
    Case(title: "hidden", file: "ready-fd: 3\n", names: ["FILE:1: ready-fd", "no such option"]),
    Case(title: "no file", arguments: ["--config", "/no/such.yaml"], names: ["/no/such.yaml", "No such file"]),
    Case(title: "no file of the variable", environment: ["GZPROXY_CONFIG": "/no/such.yaml"], names: ["/no/such.yaml"]),
    Case(title: "folder", arguments: ["--config", "/"], names: ["--config /:", "directory"]),
    Case(title: "huge", arguments: ["--config", "/dev/zero"], names: ["/dev/zero", "1 MiB"]),
    Case(title: "password", arguments: ["--upstream", "http://u:pw@h"], exit: 2, names: ["***@h", "password"]),
    Case(title: "password outside", environment: ["GZPROXY_UPSTREAM": "http://u:p/w@h"], names: ["***@h"]),
    Case(title: "zone", arguments: ["--upstream", "http://[fe80::1%eth0]/"], exit: 2, names: ["zone id"]),
    Case(
      title: "open listener of the environment", arguments: upstream, environment: ["GZPROXY_LISTEN": "0.0.0.0:0"],
      names: ["GZPROXY_LISTEN: ", "--insecure-open"]),
    Case(title: "no certificates", arguments: upstream + ["--cacert", "/no/ca"], exit: 2, names: ["--cacert /no/ca"]),
    Case(
      title: "not certificates", arguments: upstream + ["--cacert", "/dev/null"], exit: 2, names: ["no certificate"]),
    Case(
      title: "log in no folder", arguments: upstream + ["--access-log-file", "/no/such/log"], exit: 2,
      names: ["--access-log-file /no/such/log"]),
    Case(
      title: "log in no folder of the environment", arguments: upstream, environment: ["GZPROXY_ACCESS_LOG_FILE": "/"],
      names: ["GZPROXY_ACCESS_LOG_FILE: ", "folder"]),
  ]

  @Test("refused in one line", arguments: cases) func refused(_ bad: Case) async throws {
    let file = try bad.file.map { try TemporaryFile($0) }
    let run = try await check(bad.arguments + (file.map { ["--config", $0.path] } ?? []), bad.environment)
    #expect(run.exit == bad.exit, "\(run.standardError)")
    #expect(run.standardOutput.isEmpty)
    #expect(run.standardError.split(separator: "\n").count == 1, "\(run.standardError)")
    for name in bad.names {
      let wanted = name.hasPrefix("FILE:") ? (file?.path ?? "") + name.dropFirst(4) : name
      #expect(run.standardError.contains(wanted), "\(run.standardError)")
    }
    #expect(!run.standardError.contains("pw@") && !run.standardError.contains("p/w"))
    // serve judges alike, but for the files that only check looks into.
    guard !bad.title.contains("log") && !bad.title.contains("certificates") else { return }
    let serve = try await Tool.run(
      Products.path("gzproxy"), bad.arguments + (file.map { ["--config", $0.path] } ?? []),
      environment: bad.environment,
      limit: 20)
    #expect(serve.exit == bad.exit && serve.standardError == run.standardError)
  }

  @Test("a file that is not UTF-8") func notText() async throws {
    let file = try TemporaryFile(Data([0x76, 0xFF, 0x3A, 0x20, 0x31]))
    let run = try await check(["--config", file.path])
    #expect(run.exit == 104 && run.standardError == "gzproxy: --config \(file.path): is not UTF-8 text\n")
  }

  @Test("a mistyped variable is noted and does not stop anything; a child's descriptors are no variables")
  func unknownVariable() async throws {
    let run = try await check(
      Self.upstream, ["GZPROXY_LISTN": "x", "GZPROXY_LIFE_FD": "0", "GZPROXY_LAMBDA_MODE": "stream"])
    #expect(run.exit == 0)
    #expect(run.standardError.split(separator: "\n").count == 2, "\(run.standardError)")
    #expect(run.standardError.contains("GZPROXY_LISTN") && run.standardError.contains("did you mean GZPROXY_LISTEN?"))
    #expect(run.standardError.contains("GZPROXY_LIFE_FD"))
  }

  @Test("help comes whatever the environment says", arguments: [["--help"], ["check", "--help"], ["help", "serve"]])
  func help(_ arguments: [String]) async throws {
    let run = try await Tool.run(
      Products.path("gzproxy"), arguments, environment: ["GZPROXY_CONFIG": "/no/such", "GZPROXY_VIA": "x"])
    #expect(run.exit == 0 && run.output.contains("USAGE") && run.standardError.isEmpty)
  }

  @Test("a lab's servers do not read what was set for others", arguments: ["proxy", "lambda", "buffered"])
  func lab(_ mode: String) async throws {
    let run = try await Tool.gzload(
      ["--embedded=\(mode)", "/gzip/64KiB", "-n", "2", "-c", "1"],
      environment: [
        "GZLAMBDA_FRONT": "x", "GZPROXY_LAMBDA_MODE": "x", "AWS_LAMBDA_RUNTIME_API": "x", "AWS_REGION": "nowhere",
        "AWS_LAMBDA_MAX_CONCURRENCY": "x", "AWS_LAMBDA_FUNCTION_NAME": "x", "_HANDLER": "x",
        "GZPROXY_CONFIG": "/no/such", "GZPROXY_LISTEN": "x", "GZORIGIN_LISTEN": "x", "GZPROXY_MAX_HEADER_COUNT": "1",
      ])
    #expect(run.exit == 0, "\(run.standardError)")
  }
}

enum IPv6Loopback {
  /// Containers without IPv6 exist.
  static let isAvailable: Bool = {
    let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_addr = in6addr_loopback
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
      }
    }
  }()
}

/// Both families with the built servers.
@Suite("IPv6", .enabled(if: IPv6Loopback.isAvailable)) struct IPv6Tests {
  @Test("G9 [::] listens to both families, and an IPv6 literal is an origin") func bothFamilies() async throws {
    let origin = try await RunningServer.start("gzorigin", [], listen: "[::1]:0")
    defer { origin.stop() }
    let proxy = try await RunningServer.start(
      "gzproxy", ["--upstream", "http://[::1]:\(origin.port)", "--insecure-open"], listen: "[::]:0")
    defer { proxy.stop() }
    for host in ["127.0.0.1", "[::1]"] {
      let run = try await Tool.run(
        "/bin/sh", ["-c", "curl -gsS --fail 'http://\(host):\(proxy.port)/gzip/64KiB' | gzip -dc | wc -c"])
      #expect(run.output.trimmingCharacters(in: .whitespacesAndNewlines) == "65536", "\(host): \(run.standardError)")
    }
  }
}
