import Crypto
import NIOCore
import NIOHTTP1
import NIOPosix
import ToolSupport
import UnixSignals

enum Placeholder {}
