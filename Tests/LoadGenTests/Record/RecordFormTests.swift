import Testing
import ToolSupport

@testable import LoadGen

/// What is written is read back as it was, whatever texts are in it, and is what the schema says.
@Suite struct RecordFormTests {
  @Test(arguments: SampleEvents.hostile)
  func everyEventComesBack(text: String) throws {
    for event in SampleEvents.all(text) {
      let line = SampleEvents.line(event)
      #expect(line.utf8.filter { $0 == 10 }.count == 1 && line.hasSuffix("\n"))
      #expect(!line.contains("\u{2028}") && !line.contains("\u{2029}") && !line.contains("\r"))
      let (events, parser) = try SampleEvents.parsed(SampleEvents.headerLine() + line)
      #expect(events == [event])
      #expect(parser.damagedLines == 0 && parser.unknownLines == 0)
    }
  }

  @Test func theHeaderComesBack() throws {
    var header = SampleEvents.header
    (header.streams, header.duration, header.embedded) = (5, 1_500_000, "naive")
    header.expectedStatuses = [200...299, 404...404]
    #expect(SampleEvents.headerLine(header).contains("\"expect_status\":[\"200-299\",\"404\"]"))
    #expect(!SampleEvents.headerLine().contains("expect_status"))
    #expect(try SampleEvents.parsed(SampleEvents.headerLine(header)).parser.header == header)
    #expect(try SampleEvents.parsed(SampleEvents.headerLine()).parser.header == SampleEvents.header)
  }

  @Test func secretsOfEvidenceAreMasked() {
    let evidence = Evidence(
      stream: 3, url: "u", outcome: "o", cause: nil, status: 500, headers: [.init(name: "Set-Cookie", value: "tOkEn")],
      bodyHead: [], bodyTail: [], advice: "")
    #expect(!SampleEvents.line(.evidence(at: 0, evidence)).contains("tOkEn"))
  }

  /// A stream of the usual kind, and what a million of them take: the figure of Docs/record.md.
  @Test func anOrdinaryStreamIsShort() {
    var record = SampleEvents.barest
    (record.stream, record.lane, record.startedAt, record.endedAt) = (123_456, 33, 12_345_678, 12_346_789)
    (record.status, record.protocolName, record.verdict, record.treatment) = (200, "http/1.1", .valid, .compared)
    (record.bytesWire, record.bytesDecoded, record.expectedBytes) = (262_375, 1_048_576, 262_375)
    (record.ttfh, record.ttfb, record.ttlb, record.gapMax) = (1012, 1034, 1077, 12)
    #expect(SampleEvents.line(.end(record)).utf8.count <= 176)
  }

  @Test(arguments: [1, 2, 7, 64, 1000])
  func piecesOfAnySizeGiveTheSame(size: Int) throws {
    let events = SampleEvents.all("Grüße \"x\"\n")
    let text = SampleEvents.headerLine() + events.map(SampleEvents.line).joined()
    #expect(try SampleEvents.parsed(text, size: size).events == events)
  }

  @Test func whatIsNewIsPassedOver() throws {
    let text =
      SampleEvents.headerLine() + "{\"e\":\"comet\",\"t\":1,\"x\":{\"y\":[1,2.5,null,true,\"z\"]}}\n"
      + "{\"t\":3,\"e\":\"first\",\"new\":[{}],\"s\":1,\"l\":2}\n"
    let (events, parser) = try SampleEvents.parsed(text)
    #expect(events == [.firstByte(at: 3, stream: 1, lane: 2)])
    #expect(parser.unknownLines == 1 && parser.damagedLines == 0)
  }

  @Test func whatIsDamagedIsCountedAndAnUnfinishedLineWaitedFor() throws {
    let good = SampleEvents.line(.firstByte(at: 3, stream: 1, lane: 2))
    let deep =
      "{\"e\":\"first\",\"x\":" + String(repeating: "[", count: 100) + String(repeating: "]", count: 100) + "}\n"
    let bad = [
      "\n", "{}\n", "null\n", "{\"e\":\"first\"\n", good.dropLast() + "x\n", "{\"e\":\"first\",\"s\":-1}\n", deep,
    ]
    let text = SampleEvents.headerLine() + bad.joined() + good + good.dropLast(3)
    let (events, parser) = try SampleEvents.parsed(text)
    #expect(events.count == 1)
    #expect(parser.damagedLines == bad.count)
  }

  @Test func aLineThatIsTooLongIsPassedOver() throws {
    let good = SampleEvents.line(.firstByte(at: 3, stream: 1, lane: 2))
    let long = "{\"e\":\"" + String(repeating: "x", count: RecordParser.lineLimit) + "\"}\n"
    let (events, parser) = try SampleEvents.parsed(SampleEvents.headerLine() + long + good, size: 1 << 16)
    #expect(events.count == 1 && parser.damagedLines == 1)
  }

  @Test func anotherSchemaIsRefused() {
    #expect(throws: RecordParser.Refusal.otherSchema("gzload-events/2")) {
      try SampleEvents.parsed("{\"schema\":\"gzload-events/2\"}\n")
    }
    for text in ["\n", "hello\n", "{\"schema\":1}\n", "{}\n"] {
      #expect(throws: RecordParser.Refusal.noRecord) { try SampleEvents.parsed(text) }
    }
  }

  /// Bytes changed, taken out and put in at random: no line of them may trap the reader.
  @Test func noLineTrapsTheReader() throws {
    var random = SystemRandomNumberGenerator()
    let lines = SampleEvents.all("x\"\\\u{1}é").map { Array(SampleEvents.line($0).utf8.dropLast()) }
    let decoder = RecordDecoder(targets: SampleEvents.targets)
    var read = 0
    for round in 0..<4000 {
      var line = lines[round % lines.count]
      for _ in 0..<(1 + round % 4) where !line.isEmpty {
        let place = Int.random(in: 0..<line.count, using: &random)
        switch round % 3 {
        case 0: line[place] = UInt8.random(in: 0...255, using: &random)
        case 1: line.remove(at: place)
        default: line.insert(contentsOf: "\\u{}[],:\"9-e.".utf8.shuffled(using: &random).prefix(2), at: place)
        }
      }
      _ = line.withUnsafeBytes { decoder.decode($0) }
      read += 1
    }
    #expect(read == 4000)
  }

  @Test func everyLineFitsTheSchema() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let lines = SampleEvents.hostile.flatMap(SampleEvents.all).map(SampleEvents.line)
    var header = SampleEvents.header
    header.expectedStatuses = [200...299, 404...404]
    try folder.write("good", SampleEvents.headerLine(header) + lines.joined())
    let run = try ToolRun(executable: "/usr/bin/python3", ["-c", Self.validator, Self.schema, "\(folder.path)/good"])
    #expect(run.errors == "", "needs the Debian package python3-jsonschema")
    #expect(run.output == "\(lines.count + 1) lines fit\n")
    let wrong = [
      "{\"e\":\"end\",\"t\":1}", "{\"e\":\"comet\",\"t\":1}", "{\"e\":\"first\",\"t\":1,\"s\":1,\"l\":2,\"z\":3}",
      "{\"e\":\"bytes\",\"t\":1,\"b\":[\"x\"]}", "{\"e\":\"end\",\"t\":1,\"s\":1,\"l\":1,\"b\":0,\"v\":\"good\"}",
      "{\"schema\":\"gzload-events/2\"}",
    ]
    try folder.write("bad", wrong.joined(separator: "\n") + "\n")
    let bad = try ToolRun(executable: "/usr/bin/python3", ["-c", Self.validator, Self.schema, "\(folder.path)/bad"])
    #expect(bad.output.split(separator: "\n").count == wrong.count)
  }

  static let schema = #filePath.replacing(/Tests\/LoadGenTests\/.*/, with: "Docs/schema/gzload-events-1.schema.json")

  static let validator = """
    import json, sys
    import jsonschema
    with open(sys.argv[1]) as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    fit = 0
    with open(sys.argv[2], newline="\\n") as file:
        for number, line in enumerate(file, 1):
            errors = list(validator.iter_errors(json.loads(line)))
            fit += not errors
            if errors:
                print(number, errors[0].message.replace("\\n", " ")[:300])
    if fit == number:
        print(fit, "lines fit")
    """
}
