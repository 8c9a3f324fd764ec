package io.forebay.proxy.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/// Private keys in PEM text: PKCS#8 (RFC 5208), and the older forms of RSA (PKCS#1, RFC 8017) and
/// EC keys (SEC 1, RFC 5915), which are put into PKCS#8's envelope, as the JDK reads nothing else.
final class PrivateKeyPem {

  private static final List<String> KINDS = List.of("RSA", "EC");

  // DER of AlgorithmIdentifier{rsaEncryption, NULL}.
  private static final byte[] RSA = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };
  // DER of the OBJECT IDENTIFIER id-ecPublicKey; the curve follows.
  private static final byte[] EC = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 1
  };
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int PARAMETERS = 0xa0;

  private PrivateKeyPem() {}

  /// The first key of the text; empty if there is none that is unencrypted.
  ///
  /// @throws GeneralSecurityException if it is damaged
  static Optional<PrivateKey> read(String pem) throws GeneralSecurityException {
    for (byte[] pkcs8 : PemBlock.all(pem, "PRIVATE KEY")) {
      return Optional.of(key(pkcs8));
    }
    for (byte[] pkcs1 : PemBlock.all(pem, "RSA PRIVATE KEY")) {
      return Optional.of(key(envelope(RSA, pkcs1)));
    }
    for (byte[] sec1 : PemBlock.all(pem, "EC PRIVATE KEY")) {
      return Optional.of(key(envelope(element(SEQUENCE, EC, curve(sec1)), sec1)));
    }
    return Optional.empty();
  }

  private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
    InvalidKeySpecException fault =
        new InvalidKeySpecException("the private key is damaged, or neither RSA nor EC");
    for (String kind : KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException otherKind) {
        fault.addSuppressed(otherKind);
      }
    }
    throw fault;
  }

  private static byte[] envelope(byte[] algorithm, byte[] key) {
    return element(SEQUENCE, VERSION_0, algorithm, element(OCTET_STRING, key));
  }

  /// The curve's OBJECT IDENTIFIER in an ECPrivateKey: the content of its element \[0].
  private static byte[] curve(byte[] sec1) throws InvalidKeySpecException {
    try {
      int at = contentStart(sec1, 0);
      while (at < sec1.length) {
        int content = contentStart(sec1, at);
        int end = content + contentLength(sec1, at);
        if ((sec1[at] & 0xff) == PARAMETERS) {
          return java.util.Arrays.copyOfRange(sec1, content, end);
        }
        at = end;
      }
    } catch (IndexOutOfBoundsException truncated) {
      throw new InvalidKeySpecException("the EC private key is cut short", truncated);
    }
    throw new InvalidKeySpecException("the EC private key does not name its curve");
  }

  private static int contentStart(byte[] der, int at) {
    int length = der[at + 1] & 0xff;
    return at + 2 + (length < 0x80 ? 0 : length - 0x80);
  }

  private static int contentLength(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < first - 0x80; i++) {
      length = (length << 8) | (der[at + 2 + i] & 0xff);
      if (length < 0 || length > der.length) {
        throw new IndexOutOfBoundsException("a length beyond the key");
      }
    }
    return length;
  }

  private static byte[] element(int tag, byte[]... contents) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : contents) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    der.write(tag);
    int length = content.size();
    if (length < 0x80) {
      der.write(length);
    } else if (length < 0x100) {
      der.write(0x81);
      der.write(length);
    } else {
      der.write(0x82);
      der.write(length >> 8);
      der.write(length);
    }
    der.writeBytes(content.toByteArray());
    return der.toByteArray();
  }
}
