package io.forebay.server.tiers;

import io.forebay.backends.behind.JournalSeal;
import io.forebay.backends.packing.CompressingTier;
import io.forebay.backends.packing.EncryptingTier;
import io.forebay.backends.packing.EncryptionKeys;
import io.forebay.cache.tier.Tier;
import io.forebay.server.settings.ServerSettings;
import io.forebay.server.tls.FileWatch;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/// What is put before every tier: compression, then encryption, as the settings ask for.
final class Packing {

  private static final String NAMED = "tiers.encryption_keys_file";
  private static final String OWN = "tiers.own_encryption_key";

  private final OptionalInt compressFrom;
  private final Optional<EncryptionKeys> keys;
  private final Optional<Path> file;
  private final String setting;
  private final List<EncryptingTier> encrypting = new CopyOnWriteArrayList<>();

  private Packing(
      OptionalInt compressFrom,
      Optional<EncryptionKeys> keys,
      Optional<Path> file,
      String setting) {
    this.compressFrom = compressFrom;
    this.keys = keys;
    this.file = file;
    this.setting = setting;
  }

  /// @throws Tiers.Refused if the file of keys cannot be used
  static Packing of(ServerSettings.Tiers settings) throws Tiers.Refused {
    Optional<Path> file = settings.encryptionKeysFile();
    String setting = NAMED;
    if (settings.ownKeyFile().isPresent() && !settings.open().isEmpty()) {
      file = settings.ownKeyFile();
      setting = OWN;
      OwnKey.makeIn(file.get());
    }
    Optional<EncryptionKeys> keys =
        file.isPresent() ? Optional.of(read(setting, file.get())) : settings.encryptionKeys();
    return new Packing(settings.compressFrom(), keys, file, setting);
  }

  private static EncryptionKeys read(String name, Path file) throws Tiers.Refused {
    String setting = name + ": ";
    try {
      return switch (EncryptionKeys.read(Files.readString(file))) {
        case EncryptionKeys.Reading.Good(var keys) -> keys;
        case EncryptionKeys.Reading.Bad(var why) ->
            throw new Tiers.Refused(setting + file + ": " + why);
      };
    } catch (MalformedInputException e) {
      throw new Tiers.Refused(setting + file + " is no text");
    } catch (IOException e) {
      throw new Tiers.Refused(setting + "cannot read " + file.toAbsolutePath() + ": " + e);
    }
  }

  /// The tier with what is put before it.
  Tier before(Tier tier) {
    Tier inner = tier;
    if (keys.isPresent()) {
      EncryptingTier hiding = new EncryptingTier(tier, keys.get());
      encrypting.add(hiding);
      inner = hiding;
    }
    return new CompressingTier(inner, compressFrom.orElse(Integer.MAX_VALUE));
  }

  /// How values look in journals on this node's disk: encrypted if they are in tiers.
  JournalSeal seal() {
    return encrypting.isEmpty() ? JournalSeal.NONE : JournalSeal.of(encrypting.getLast());
  }

  /// Uses the keys in the file whenever it changes.
  void watch(FileWatch files) {
    file.ifPresent(path -> files.add(setting, List.of(path), () -> renew(path)));
  }

  /// @return why the new keys cannot be used; empty if they are
  private Optional<String> renew(Path path) {
    try {
      EncryptionKeys renewed = read(setting, path);
      encrypting.forEach(tier -> tier.renew(renewed));
      return Optional.empty();
    } catch (Tiers.Refused e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
