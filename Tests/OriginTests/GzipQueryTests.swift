import Testing
import ToolSupport

@testable import Origin

struct GzipQueryTests {
  private func parse(_ target: String) throws -> GzipQuery {
    let target = RequestTarget(target)
    return try GzipQuery.parse(size: String(target.path.dropFirst("/gzip/".count)), parameters: target.parameters)
  }

  @Test func defaults() throws {
    let query = try parse("/gzip/8MiB")
    #expect(query.recipe == GzipRecipe(size: 8 << 20, ratioHundredths: 400, members: 1, seed: 0))
    #expect(query.framing == .length && query.chunk == 32 * 1024)
    #expect(query.pace == nil && query.delay.nanoseconds == 0 && query.fault == nil)
  }

  @Test func everyParameter() throws {
    let query = try parse(
      "/gzip/64KiB?framing=chunked&chunk=1&pace=1MiB&delay=200ms&ratio=1.25&members=1000&seed=18446744073709551615"
        + "&fault=cut@64KiB")
    #expect(query.recipe == GzipRecipe(size: 65_536, ratioHundredths: 125, members: 1000, seed: .max))
    #expect(query.framing == .chunked && query.chunk == 1 && query.pace == 1 << 20)
    #expect(query.delay.nanoseconds == 200_000_000)
    #expect(query.fault == Fault(name: .cut, position: .bytes(65_536)))
  }

  @Test(arguments: [
    ("cut@25%", Fault.Position.percent(25)), ("cut@12.5%", .percent(12.5)), ("cut", .percent(50)), ("cut@0", .bytes(0)),
    ("cut%4050%25", .percent(50)), ("cut@50%25", .percent(50)),
  ])
  func positions(text: String, position: Fault.Position) throws {
    #expect(try parse("/gzip/1?framing=chunked&fault=\(text)").fault == Fault(name: .cut, position: position))
  }

  /// Every limit: the answer is a 400 that names the parameter and what it may be.
  @Test(arguments: [
    ("/gzip/", "SIZE must be"), ("/gzip/x", "SIZE must be"), ("/gzip/-1", "SIZE must be"),
    ("/gzip/1025GiB", "SIZE must be"), ("/gzip/1?framing=", "framing=: must be length, chunked or close"),
    ("/gzip/1?framing=both", "framing=both: must be"), ("/gzip/1?chunk=0", "chunk=0: must be a size from 1 to 16MiB"),
    ("/gzip/1?chunk=17MiB", "chunk=17MiB: must be"), ("/gzip/1?pace=0", "pace=0: must be a size from 1"),
    ("/gzip/1?pace=fast", "pace=fast: must be"), ("/gzip/1?delay=5", "delay=5: must be a time with a unit"),
    ("/gzip/1?delay=301s", "delay=301s: must be"), ("/gzip/1?ratio=0.99", "ratio=0.99: must be a number from 1 to 200"),
    ("/gzip/1?ratio=200.01", "ratio=200.01: must be"), ("/gzip/1?ratio=1.125", "ratio=1.125: must be"),
    ("/gzip/1?ratio=nan", "ratio=nan: must be"), ("/gzip/1?ratio=1e1", "ratio=1e1: must be"),
    ("/gzip/1?ratio=", "ratio=: must be"), ("/gzip/1?members=0", "members=0: must be a whole number from 1 to 1000"),
    ("/gzip/1?members=1001", "members=1001: must be"), ("/gzip/1?seed=-1", "seed=-1: must be a whole number"),
    ("/gzip/1?seed=18446744073709551616", "must be a whole number"), ("/gzip/1?fault=boom", "NAME one of crc, isize"),
    ("/gzip/1?fault=crc@5", "crc takes no @POSITION"), ("/gzip/1?fault=cut@", "POSITION must be"),
    ("/gzip/1?fault=cut@101%", "POSITION must be"), ("/gzip/1?fault=cut@-1%", "POSITION must be"),
    ("/gzip/1?fault=cut@nan%", "POSITION must be"), ("/gzip/1?size=5", "size: unknown parameter; there are framing"),
    ("/gzip/1?ratio=4&ratio=4", "ratio: must be given only once"),
    ("/gzip/1?fault=short_length&framing=chunked", "fault=short_length with framing=chunked"),
    ("/gzip/1?fault=short_length&framing=close", "fault=short_length with framing=close"),
    ("/gzip/1?fault=length_and_chunked&framing=close", "fault=length_and_chunked with framing=close"),
    ("/gzip/1?framing=length&fault=length_and_chunked", "fault=length_and_chunked with framing=length"),
  ])
  func everyError(target: String, text: String) throws {
    let problem = #expect(throws: Problem.self) { try parse(target) }
    #expect(problem?.status == 400)
    #expect(problem?.text.contains(text) == true, "\(problem?.text ?? "")")
  }

  @Test func targets() {
    let target = RequestTarget("http://127.0.0.1:80/gzip/1?a=%41%&b&c=d=e#f")
    #expect(target.path == "/gzip/1")
    #expect(target.parameters.elementsEqual([("a", "A%"), ("b", ""), ("c", "d=e")], by: ==))
    #expect(RequestTarget("http://host").path == "/")
  }
}
