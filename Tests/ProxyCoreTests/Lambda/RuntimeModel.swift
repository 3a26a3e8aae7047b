import Synchronization
import TestSupport
import Testing
import ToolSupport

@testable import ProxyCore

/// A Runtime API that plays what a test wants: it hands out events in their order, takes what comes back apart, and answers
/// as it is told to.
final class RuntimeModel: Sendable {
  struct Event: Sendable {
    var id: String
    var body: String
    /// Header lines beyond the id.
    var fields = ""
    /// How the answer that brings it is framed.
    var framing = Framing.length
    /// Milliseconds from its delivery to its deadline.
    var time: Int?
  }

  enum Framing: Sendable { case length, lengthAndClose, untilClose }

  /// What came back for an invocation.
  struct Upload: Sendable {
    var id: String
    /// `response` or `error`.
    var action: String
    var head: String
    var chunks: [[UInt8]] = []
    var trailers: [String: String] = [:]
    /// The body came to its proper end.
    var isWhole = false

    var bytes: [UInt8] { chunks.flatMap(\.self) }
    var prelude: String { chunks.first.map { String(decoding: $0, as: UTF8.self) } ?? "" }
    /// What follows prelude and delimiter.
    var body: [UInt8] { chunks.dropFirst(2).flatMap(\.self) }
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// How one upload is met.
  enum Manner: Sendable {
    case answer(Int, String = #"{"status":"OK"}"#, closes: Bool = false)
    /// Answered before its end, after that many chunks.
    case early(Int, after: Int, closes: Bool = false)
    /// The connection ends after that many chunks.
    case hangUp(after: Int)
    /// These bytes are the answer, and the connection ends.
    case say(String)
    /// Nothing is read after that many chunks.
    case stall(after: Int)
  }

  private struct State {
    var events: [Event]
    var uploads: [Upload] = []
    var polls = 0
    var parked = 0
    var heads: [String] = []
  }
  private let state: Mutex<State>
  private let manner: @Sendable (Upload) -> Manner
  /// What a poll is answered with before there are events, in order; empty bytes end the connection.
  private let openings: Mutex<[String]>
  private let server = Mutex<ScriptedOrigin?>(nil)
  let port: Int

  /// - Parameter receiveBuffer: of its connections, where a test needs it small.
  init(
    _ events: [Event], openings: [String] = [], receiveBuffer: Int? = nil,
    manner: @escaping @Sendable (Upload) -> Manner = { _ in .answer(202) }
  ) throws {
    state = Mutex(State(events: events))
    self.manner = manner
    self.openings = Mutex(openings)
    let box = Box()
    let origin = try ScriptedOrigin(receiveBuffer: receiveBuffer) { peer, _ in box.model?.serve(peer) }
    port = origin.port
    server.withLock { $0 = origin }
    box.set(self)
  }

  /// The script is there before the model is.
  private final class Box: Sendable {
    private let content = Mutex<RuntimeModel?>(nil)
    var model: RuntimeModel? { content.withLock { $0 } }
    func set(_ model: RuntimeModel) { content.withLock { $0 = model } }
  }

  var uploads: [Upload] { state.withLock { $0.uploads } }
  var polls: Int { state.withLock { $0.polls } }
  /// Questions for an event that wait.
  var parked: Int { state.withLock { $0.parked } }
  var connections: Int { server.withLock { $0?.connections ?? 0 } }

  func add(_ event: Event) { state.withLock { $0.events.append(event) } }

  // MARK: One connection

  private func serve(_ peer: SocketPeer) {
    while let head = peer.readHead() {
      let line = String(head.prefix { $0 != "\r\n" })
      let goesOn = line.hasPrefix("GET ") ? poll(peer) : upload(peer, line, head)
      guard goesOn else { break }
    }
    peer.close()
  }

  private func poll(_ peer: SocketPeer) -> Bool {
    state.withLock { $0.polls += 1 }
    let opening = openings.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    if let opening { return !opening.isEmpty && peer.write(opening) }
    state.withLock { $0.parked += 1 }
    defer { state.withLock { $0.parked -= 1 } }
    // Looks now and then whether the other side has left.
    while true {
      let event = state.withLock { $0.events.isEmpty ? nil : $0.events.removeFirst() }
      if let event {
        let deadline = event.time.map { "Lambda-Runtime-Deadline-Ms: \(Int(WallClock.milliseconds()) + $0)\r\n" } ?? ""
        return peer.write(
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: \(event.id)\r\n"
            + "\(deadline)\(event.fields)\(framing(event))\r\n\(event.body)") && event.framing == .length
      }
      if peer.wait(milliseconds: 5) { return false }
    }
  }

  private func framing(_ event: Event) -> String {
    let length = "Content-Length: \(event.body.utf8.count)\r\n"
    return switch event.framing {
    case .length: length
    case .lengthAndClose: length + "Connection: close\r\n"
    case .untilClose: ""
    }
  }

  private func upload(_ peer: SocketPeer, _ line: String, _ head: String) -> Bool {
    let path = line.split(separator: " ")[1].split(separator: "/")
    var upload = Upload(
      id: path.count >= 2 ? String(path[path.count - 2]) : "", action: String(path.last ?? ""), head: head)
    let manner = manner(upload)
    var limit = Int.max
    switch manner {
    case .early(_, let count, _), .hangUp(let count), .stall(let count): limit = count
    case .answer, .say: break
    }
    read(peer, &upload, upTo: limit)
    switch manner {
    case .answer(let status, let body, let closes):
      record(upload)
      return upload.isWhole && respond(peer, status, body, closes)
    case .early(let status, _, let closes):
      guard respond(peer, status, #"{"errorType":"Early"}"#, closes) else {
        record(upload)
        return false
      }
      read(peer, &upload, upTo: .max)
      record(upload)
      return upload.isWhole
    case .hangUp:
      record(upload)
      peer.reset()
      return false
    case .say(let bytes):
      record(upload)
      peer.write(bytes)
      return false
    case .stall:
      record(upload)
      peer.rest(milliseconds: 10_000)
      return false
    }
  }

  /// False when the connection ends with it.
  private func respond(_ peer: SocketPeer, _ status: Int, _ body: String, _ closes: Bool) -> Bool {
    let written = peer.write(
      "HTTP/1.1 \(status) X\r\n\(closes ? "Connection: close\r\n" : "")Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    )
    return written && !closes
  }

  private func record(_ upload: Upload) { state.withLock { $0.uploads.append(upload) } }

  private func read(_ peer: SocketPeer, _ upload: inout Upload, upTo limit: Int) {
    guard upload.head.lowercased().contains("transfer-encoding: chunked") else { return readCounted(peer, &upload) }
    while upload.chunks.count < limit {
      guard let size = peer.read(through: "\r\n").flatMap({ Int($0.dropLast(), radix: 16) }) else { return }
      guard size > 0 else { return readTrailers(peer, &upload) }
      guard let chunk = peer.read(count: size), peer.read(count: 2) == [13, 10] else { return }
      upload.chunks.append(chunk)
    }
  }

  private func readCounted(_ peer: SocketPeer, _ upload: inout Upload) {
    let field = upload.head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
    guard let length = field.flatMap({ Int($0.dropFirst(16)) }), let body = peer.read(count: length) else { return }
    upload.chunks = [body]
    upload.isWhole = true
  }

  private func readTrailers(_ peer: SocketPeer, _ upload: inout Upload) {
    while let line = peer.read(through: "\r\n") {
      guard line != "\r\n" else {
        upload.isWhole = true
        return
      }
      let parts = line.dropLast().split(separator: ":", maxSplits: 1)
      upload.trailers[String(parts[0])] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    }
  }
}
