package io.forebay.proxy.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A certificate with its chain, and the private key that belongs to it.
///
/// @param chain the certificate first, then those that vouch for it
public record Credentials(List<X509Certificate> chain, PrivateKey key) {

  // RFC 5280 §4.2.1.6.
  private static final int DNS_NAME = 2;

  public Credentials {
    chain = List.copyOf(chain);
  }

  /// What reading PEM text came to.
  public sealed interface Reading {
    record Good(Credentials credentials) implements Reading {}

    /// @param why for the operator
    record Bad(String why) implements Reading {}
  }

  /// Reads PEM text as openssl and ACME clients write it.
  ///
  /// @param certificatePem the certificate, then its chain
  /// @param keyPem an unencrypted RSA or EC key, in PKCS#8, PKCS#1 or SEC 1
  public static Reading read(String certificatePem, String keyPem) {
    try {
      List<X509Certificate> chain = certificates(certificatePem);
      if (chain.isEmpty()) {
        return new Reading.Bad("there is no certificate in it");
      }
      Optional<PrivateKey> key = PrivateKeyPem.read(keyPem);
      if (key.isEmpty()) {
        return new Reading.Bad(
            "there is no unencrypted private key (BEGIN PRIVATE KEY, RSA or EC PRIVATE KEY) in it");
      }
      return belongTogether(chain.getFirst().getPublicKey(), key.get())
          ? new Reading.Good(new Credentials(chain, key.get()))
          : new Reading.Bad("the private key does not belong to the certificate");
    } catch (GeneralSecurityException e) {
      return new Reading.Bad(String.valueOf(e.getMessage()));
    }
  }

  /// All certificates of PEM text.
  ///
  /// @throws CertificateException if it is none
  public static List<X509Certificate> certificates(String pem) throws CertificateException {
    List<X509Certificate> certificates = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (byte[] block : PemBlock.all(pem, "CERTIFICATE")) {
      certificates.add(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
    }
    return certificates;
  }

  private static boolean belongTogether(PublicKey publicKey, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default ->
              throw new GeneralSecurityException(
                  "a key of kind " + publicKey.getAlgorithm() + " is not supported");
        };
    if (!key.getAlgorithm().equals(publicKey.getAlgorithm())) {
      return false;
    }
    byte[] text = "belongs".getBytes(StandardCharsets.US_ASCII);
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(text);
    byte[] signature = signing.sign();
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(publicKey);
    verifying.update(text);
    return verifying.verify(signature);
  }

  /// The host names that the certificate is for, in lower case; a name may begin with `*.`.
  public List<String> hostNames() {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = chain.getFirst().getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> alternative : alternatives) {
          if (alternative.get(0).equals(DNS_NAME)) {
            names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateException e) {
      // One that cannot be chosen by name may still be the only one.
      return List.of();
    }
    return List.copyOf(names);
  }

  /// Without the key: this may end up in a log.
  @Override
  public String toString() {
    return "Credentials" + hostNames();
  }
}
