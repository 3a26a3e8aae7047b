import Foundation
import Testing

/// Every report that gzload emits is what its published schema says.
@Suite("Report schema") struct SchemaTests {
  static let runs: [[String]] = [
    ["/gzip/64KiB", "-n", "20"],
    ["/gzip/64KiB?fault=crc", "-n", "4"],
    ["/gzip/64KiB?fault=cut", "-n", "4", "--validate", "full"],
    ["/front/rest-502", "-n", "4"],
    ["/gzip/64KiB", "/front/throttle-429", "-n", "6", "--expect-status", "200,429", "--validate", "frame"],
    ["/gzip/1KiB", "-n", "2", "--validate", "off", "-H", "X-One: 1", "-m", "POST", "-d", "hello"],
  ]

  @Test("holds for a run", arguments: runs.indices) func holds(_ index: Int) async throws {
    let proxy = try await TestServers.shared.proxy()
    let arguments = Self.runs[index].map { $0.hasPrefix("/") ? proxy.url + $0 : $0 }
    let run = try await Tool.gzload(arguments + ["--output-format", "json"])
    try await validate(run.standardOutput)
  }

  @Test("holds when no stream ever got a response") func nothing() async throws {
    let run = try await Tool.gzload(["http://127.0.0.1:1/", "-n", "3", "--output-format", "json"])
    #expect(run.exit == 1)
    try await validate(run.standardOutput)
  }

  /// By an implementation of JSON Schema that is not ours.
  private func validate(_ report: Data) async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("gzload-\(UUID().uuidString).json")
    try report.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let script = """
      import json, sys, jsonschema
      schema = json.load(open(sys.argv[1]))
      jsonschema.Draft202012Validator.check_schema(schema)
      errors = [f"{list(e.absolute_path)}: {e.message}" for e in jsonschema.Draft202012Validator(schema).iter_errors(json.load(open(sys.argv[2])))]
      print("\\n".join(errors)); sys.exit(bool(errors))
      """
    let schema = Products.checkout + "/Docs/schema/gzload-1.schema.json"
    // Debian's own Python has Debian's jsonschema; another python3 earlier on PATH may not.
    let python = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") ? "/usr/bin/python3" : "python3"
    let result = try await Tool.run("/usr/bin/env", [python, "-c", script, schema, file.path])
    #expect(result.exit == 0, "\(result.output)\(result.standardError)")
  }
}
