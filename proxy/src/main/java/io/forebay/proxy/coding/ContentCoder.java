package io.forebay.proxy.coding;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.util.Native;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// Codes bytes as they are named in `Content-Encoding`.
public enum ContentCoder {
  /// RFC 8878. The window stays within what every client has to hold (RFC 9659: 8 MiB).
  ZSTD("zstd") {
    @Override
    public byte[] code(byte[] content) {
      try (ZstdCompressCtx context = new ZstdCompressCtx()) {
        context.setLevel(ZSTD_LEVEL).setChecksum(false).setContentSize(true);
        if (content.length > LARGEST_WINDOW_BYTES) {
          context.setWindowLog(LARGEST_WINDOW_LOG);
        }
        return context.compress(content);
      }
    }

    @Override
    public boolean isAvailable() {
      try {
        Native.load();
        return Native.isLoaded();
      } catch (UnsatisfiedLinkError | ExceptionInInitializerError e) {
        return false;
      }
    }
  },
  /// RFC 1952.
  GZIP("gzip") {
    @Override
    public byte[] code(byte[] content) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length / 4 + 64);
      try (GZIPOutputStream coded = new LevelledGzip(bytes)) {
        coded.write(content);
      } catch (IOException inMemory) {
        throw new UncheckedIOException(inMemory);
      }
      return bytes.toByteArray();
    }
  };

  /// Made once and sent often, so worth some time: about 40 MB a second of text.
  private static final int ZSTD_LEVEL = 9;

  private static final int LARGEST_WINDOW_LOG = 23;
  private static final int LARGEST_WINDOW_BYTES = 1 << LARGEST_WINDOW_LOG;
  private static final int GZIP_LEVEL = 6;

  private final String token;

  ContentCoder(String token) {
    this.token = token;
  }

  /// As in `Content-Encoding`.
  public String token() {
    return token;
  }

  public abstract byte[] code(byte[] content);

  /// Whether it works on this machine.
  public boolean isAvailable() {
    return true;
  }

  static ContentCoder named(String token) {
    return List.of(values()).stream()
        .filter(coder -> coder.token.equals(token))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no content coding " + token));
  }

  private static final class LevelledGzip extends GZIPOutputStream {
    LevelledGzip(ByteArrayOutputStream bytes) throws IOException {
      super(bytes);
      def.setLevel(GZIP_LEVEL);
    }
  }
}
