internal import Digest
internal import NIOCore
internal import NIOPosix
internal import ToolSupport

/// Bodies by recipe and their digests, made off the event loops and kept for a while.
///
/// Memory is bounded: 64 templates of some 100 KiB, 256 bodies of their own 80 KiB at most, 1024 digests.
final class BodyCatalog: Sendable {
  /// Bodies up to here always get their Repr-Digest: hashing 64 MiB takes some 60 ms once.
  static let digestLimit: Int64 = 64 << 20
  /// Up to here those whose request wants it (Want-Repr-Digest), at about a second a gibibyte, once. Beyond it none do.
  static let wantedDigestLimit: Int64 = 16 << 30

  private struct TemplateKey: Hashable {
    var ratioHundredths: Int
    var seed: UInt64
  }

  private let pool: NIOThreadPool
  private let templates: LoadingCache<TemplateKey, BlockTemplate>
  private let bodies: LoadingCache<GzipRecipe, GzipBody>
  private let digests: LoadingCache<GzipRecipe, String>

  /// Two threads: a digest of many gibibytes must not keep all others waiting.
  init() {
    pool = NIOThreadPool(numberOfThreads: 2)
    templates = LoadingCache(limit: 64, pool: pool)
    bodies = LoadingCache(limit: 256, pool: pool)
    digests = LoadingCache(limit: 1024, pool: pool)
  }

  func start() { pool.start() }

  func shutdown() async { try? await pool.shutdownGracefully() }

  func body(_ recipe: GzipRecipe, on loop: any EventLoop) -> EventLoopFuture<GzipBody> {
    let key = TemplateKey(ratioHundredths: recipe.ratioHundredths, seed: recipe.seed)
    let template = templates.value(key, on: loop) {
      try BlockTemplate(ratioHundredths: key.ratioHundredths, seed: key.seed)
    }
    return template.flatMap { template in
      self.bodies.value(recipe, on: loop) { try GzipBody(recipe, template: template) }
    }
  }

  /// The value of Repr-Digest (RFC 9530 §3), nil when the body is too large for what was wanted.
  func digest(_ body: GzipBody, wanted: WantedDigest, on loop: any EventLoop) -> EventLoopFuture<String?> {
    let limit =
      switch wanted {
      case .unsaid: Self.digestLimit
      case .sha256: Self.wantedDigestLimit
      case .declined: Int64(-1)
      }
    guard body.length <= limit else { return loop.makeSucceededFuture(nil) }
    return digests.value(body.recipe, on: loop) { Self.sha256(of: body) }.map { $0 }
  }

  private static func sha256(of body: GzipBody) -> String {
    var hash = SHA256()
    var reader = SlabReader(body)
    var position: Int64 = 0
    while position < body.length {
      let piece = reader.read(position..<body.length, limit: SlabReader.limit)
      piece.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
      position += Int64(piece.readableBytes)
    }
    return "sha-256=:\(Base64.encode(hash.finalize())):"
  }
}
