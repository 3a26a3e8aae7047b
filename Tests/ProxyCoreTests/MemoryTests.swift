import NIOCore
import TestSupport
import Testing
import ToolSupport

@testable import ProxyCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct MemoryLedgerTests {
  static let mebibyte: Int64 = 1_048_576

  @Test func whatIsReservedFitsWithWhatWasThereBefore() throws {
    let base = try #require(ProcessUsage.residentBytes())
    let ledger = MemoryLedger(limit: base + 100 * Self.mebibyte) { 0 }
    let limit = try #require(ledger.limit)
    // A sixteenth, or 4 MiB where that is more, stays free.
    #expect(limit < base + 97 * Self.mebibyte)
    let now = NIODeadline.now()
    #expect(!ledger.claim(101 * Self.mebibyte, at: now) && ledger.reserved == 0)
    let most = 50 * Self.mebibyte
    let first = ledger.claim(most / 4, at: now)
    #expect(first && ledger.reserved == most / 4)
    ledger.release(most / 4)
    #expect(ledger.reserved == 0)
  }

  @Test func whatIsInUseFitsToo() {
    let ledger = MemoryLedger(limit: 1 << 50) { 1 << 50 }
    #expect(!ledger.claim(1, at: .now()) && !ledger.hasRoom(at: .now()))
    let free = MemoryLedger(limit: 1 << 50) { 1 << 40 }
    #expect(free.claim(1, at: .now()) && free.hasRoom(at: .now()))
  }

  @Test func withoutALimitItOnlyCounts() {
    let ledger = MemoryLedger(limit: nil) { .max }
    #expect(ledger.claim(1 << 60, at: .now()) && ledger.reserved == 1 << 60 && ledger.hasRoom(at: .now()))
  }

  @Test("a stream that does not fit is refused, and the ones before it are not disturbed")
  func refuses() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      guard let head = peer.readHead() else { return }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
      if head.hasPrefix("GET /slow ") {
        while !origin.requests.contains("go") { yieldThread() }
      }
      peer.write("cd")
    }
    let resident = try #require(ProcessUsage.residentBytes())
    // Room for some hundred streams, and the tests beside this one; a read of most of it makes one fill it.
    let room = 512 * Self.mebibyte
    let change: @Sendable (inout ProxyConfiguration) -> Void = {
      $0.memoryLimit = .bytes(resident + 2 * room)
      $0.limits.upstreamRead = Int(room)
      $0.telemetry = true
    }
    try await withProxy(to: origin.url, change) { server async throws in
      let slow = try SocketPeer.connect(port: server.port)
      slow.write(Wire.keep("/slow"))
      #expect(slow.read(through: "\r\n\r\nab") != nil)
      // The second half may be taken by one more, and then there is none left.
      let answer = try await exchange(server.port, "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n")
      #expect(answer.text.hasPrefix("HTTP/1.1 503 ") && answer.text.contains("; cause=memory_limit\r\n"))
      #expect(answer.text.contains("retry-after: "))
      let metrics = try await MetricsTests.scrape(server)
      #expect(metrics.value("gzproxy_answers_total", ["cause": "memory_limit"]) == 1)
      #expect((metrics.value("gzproxy_memory_reserved_bytes") ?? 0) >= Double(room))
      origin.note("go")
      #expect(slow.read(count: 2) == Array("cd".utf8))
      #expect(
        await eventually { (try? await MetricsTests.scrape(server))?.value("gzproxy_memory_reserved_bytes") == 0 })
      #expect(try await exchange(server.port, get()).text.hasSuffix("\r\n\r\nabcd"))
    }
  }

  @Test(arguments: [("auto", MemoryLimit.auto), ("off", .off), ("64MiB", .bytes(67_108_864))])
  func isReadFromWords(_ text: String, _ expected: MemoryLimit) {
    #expect(MemoryLimit(argument: text) == expected && expected.defaultValueDescription == text)
  }

  @Test(arguments: ["", "all", "-1"]) func refusesOtherWords(_ text: String) {
    #expect(MemoryLimit(argument: text) == nil)
  }
}

private func put(_ descriptor: Int32, _ text: String) { _ = text.withCString { write(descriptor, $0, strlen($0)) } }

/// Against folders that look like a kernel's.
@Suite struct CgroupMemoryTests {
  final class Folder {
    let path: String
    init() throws {
      var template = Array("/tmp/gzproxy-cgroup-XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else { throw RawClient.Failure(description: "mkdtemp: \(errno)") }
      path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    deinit { _ = run("rm -r '\(path)'") }
    func write(_ file: String, _ text: String) {
      let folder = (path + "/" + file).split(separator: "/").dropLast().joined(separator: "/")
      _ = run("mkdir -p '/\(folder)'")
      let descriptor = open(path + "/" + file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      defer { close(descriptor) }
      put(descriptor, text)
    }
    private func run(_ command: String) -> Int32 { system(command) }
  }

  @Test func theSmallestLimitOnTheWayUpCounts() throws {
    let root = try Folder()
    root.write("memory.max", "max\n")
    root.write("a/memory.max", "200000000\n")
    root.write("a/b/memory.max", "300000000\n")
    root.write("a/memory.stat", "anon 1000\nfile 900000\nkernel 200\nkernel_stack 50\nsock 30\nanon_thp 7\n")
    let group = try #require(CgroupMemory(membership: "0::/a/b\n", mount: root.path))
    #expect(group.limit == 200_000_000)
    // Neither the page cache nor a part that is in a sum already.
    #expect(group.usage() == 1230)
  }

  @Test func aContainerSeesItsGroupAsTheRoot() throws {
    let root = try Folder()
    root.write("memory.max", "134217728\n")
    #expect(CgroupMemory(membership: "0::/\n", mount: root.path)?.limit == 134_217_728)
    // The path is the host's, of which nothing is mounted here.
    #expect(CgroupMemory(membership: "0::/kubepods/pod1\n", mount: root.path)?.limit == 134_217_728)
  }

  @Test func versionOneHasAFolderOfItsOwn() throws {
    let root = try Folder()
    root.write("memory/memory.limit_in_bytes", "9223372036854771712\n")
    root.write("memory/x/memory.limit_in_bytes", "100000000\n")
    root.write("memory/x/memory.stat", "cache 5\nrss 7\ntotal_rss 9\n")
    let membership = "5:cpu,cpuacct:/\n4:memory:/x\n0::/\n"
    let group = try #require(CgroupMemory(membership: membership, mount: root.path))
    #expect(group.limit == 100_000_000 && group.usage() == 9)
  }

  @Test(arguments: [nil, "", "garbage", "0::/\n", "4:memory:/\n"]) func noLimitIsNone(_ membership: String?) throws {
    let root = try Folder()
    root.write("memory.max", "max\n")
    root.write("memory/memory.limit_in_bytes", "9223372036854771712\n")
    #expect(CgroupMemory(membership: membership ?? "", mount: root.path) == nil)
  }
}
