package io.forebay.backends.packing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.forebay.backends.values.ValueBytes;
import io.forebay.cache.tier.Tier;
import io.forebay.cache.tier.TierKey;
import io.forebay.cache.tier.TierValue;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// Encrypts values with AES-256-GCM: content, type, tags and metadata. What lies in the backend is
/// the key's name, a random nonce, and what only the key opens; it is bound to its slot, so that a
/// value that was moved to another is not taken for that one's.
///
/// A value of a key that is not known, one that was changed, and one that is not encrypted are not
/// there, and counted. With random nonces a key should not encrypt more than four thousand million
/// values (NIST SP 800-38D §8.3).
public final class EncryptingTier extends RewritingTier {

  private static final String TYPE = "aes-256-gcm/1";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecureRandom random = new SecureRandom();
  private final LongAdder unknownKey = new LongAdder();
  private final LongAdder changed = new LongAdder();
  private final LongAdder plain = new LongAdder();
  private volatile EncryptionKeys keys;

  public EncryptingTier(Tier tier, EncryptionKeys keys) {
    super(tier);
    this.keys = keys;
  }

  /// Uses other keys from now on.
  public void renew(EncryptionKeys others) {
    keys = others;
  }

  @Override
  public TierValue rewritten(TierKey key, TierValue value) {
    EncryptionKeys now = keys;
    byte[] name = now.first().getBytes(UTF_8);
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      Cipher cipher =
          cipher(Cipher.ENCRYPT_MODE, now.named(now.first()).orElseThrow(), nonce, key, name);
      byte[] hidden = cipher.doFinal(ValueBytes.of(value));
      byte[] stored =
          ByteBuffer.allocate(1 + name.length + NONCE_BYTES + hidden.length)
              .put((byte) name.length)
              .put(name)
              .put(nonce)
              .put(hidden)
              .array();
      return new TierValue(TYPE, stored, List.of(), Map.of(), value.lifetime(), value.loadBegan());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has AES-GCM", e);
    }
  }

  private static Cipher cipher(int mode, SecretKey with, byte[] nonce, TierKey key, byte[] name)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, with, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(name);
    cipher.updateAAD(new byte[1]);
    cipher.updateAAD(key.cache().getBytes(UTF_8));
    cipher.updateAAD(new byte[1]);
    cipher.updateAAD(key.key().getBytes(UTF_8));
    return cipher;
  }

  @Override
  public Optional<TierValue> restored(TierKey key, TierValue stored) {
    if (!stored.type().equals(TYPE)) {
      plain.increment();
      return Optional.empty();
    }
    try {
      ByteBuffer in = ByteBuffer.wrap(stored.bytes());
      byte[] name = new byte[Math.max(0, in.get())];
      in.get(name);
      byte[] nonce = new byte[NONCE_BYTES];
      in.get(nonce);
      Optional<SecretKey> with = keys.named(new String(name, UTF_8));
      if (with.isEmpty()) {
        unknownKey.increment();
        return Optional.empty();
      }
      ByteBuffer value = ByteBuffer.allocate(in.remaining());
      int length = cipher(Cipher.DECRYPT_MODE, with.get(), nonce, key, name).doFinal(in, value);
      Optional<TierValue> restored = ValueBytes.read(value.flip().limit(length));
      if (restored.isEmpty()) {
        changed.increment();
      }
      return restored;
    } catch (GeneralSecurityException | BufferUnderflowException notAsItWas) {
      changed.increment();
      return Optional.empty();
    }
  }

  @Override
  Map<String, Long> counted() {
    return Map.of(
        "encrypted_with_unknown_key", unknownKey.sum(),
        "encrypted_and_changed", changed.sum(),
        "not_encrypted", plain.sum());
  }
}
