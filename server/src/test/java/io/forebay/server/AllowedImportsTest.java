package io.forebay.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The house's rooms (ARCHITECTURE.md): who may know whom, and who may touch sockets and files.
@AnalyzeClasses(packages = "io.forebay", importOptions = ImportOption.DoNotIncludeTests.class)
class AllowedImportsTest {

  private static final DescribedPredicate<JavaClass> SOCKETS_AND_FILES =
      resideInAnyPackage(
              "java.nio.file..",
              "java.nio.channels..",
              "io.netty.channel..",
              "io.netty.bootstrap..",
              "io.vertx.core.net..",
              "io.vertx.core.http..",
              "io.vertx.core.file..",
              "io.vertx.core.datagram..",
              "java.net.http..")
          .or(
              HasName.Predicates.nameMatching(
                  "java\\.net\\.(Server|Datagram)?Socket.*|java\\.net\\.URLConnection"
                      + "|java\\.io\\.(File|FileInputStream|FileOutputStream|FileReader"
                      + "|FileWriter|RandomAccessFile)"))
          .as("sockets or files");

  @ArchTest
  static final ArchRule httpSemanticsKnowsNobody =
      classes()
          .that()
          .resideInAPackage("io.forebay.http..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("io.forebay.http..", "java..", "org.jspecify.annotations.."));

  @ArchTest
  static final ArchRule cacheKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage("io.forebay.cache..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.forebay..").and(resideOutsideOfPackages("io.forebay.cache..")));

  @ArchTest
  static final ArchRule cacheAndHttpSemanticsDoNotLog =
      noClasses()
          .that()
          .resideInAnyPackage("io.forebay.cache..", "io.forebay.http..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.slf4j..", "java.util.logging..", "ch.qos.logback.."));

  @ArchTest
  static final ArchRule backendsKnowTheCacheOnly =
      noClasses()
          .that()
          .resideInAPackage("io.forebay.backends..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.forebay..")
                  .and(resideOutsideOfPackages("io.forebay.backends..", "io.forebay.cache..")));

  @ArchTest
  static final ArchRule proxyKnowsCacheAndHttpSemanticsOnly =
      noClasses()
          .that()
          .resideInAPackage("io.forebay.proxy..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.forebay..")
                  .and(
                      resideOutsideOfPackages(
                          "io.forebay.proxy..", "io.forebay.cache..", "io.forebay.http..")));

  @ArchTest
  static final ArchRule socketsAndFilesAreTouchedOnlyAtTheEdges =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.forebay.backends..",
              "io.forebay.proxy.listen..",
              "io.forebay.proxy.origin..",
              "io.forebay.proxy.socket..",
              "io.forebay.server..",
              "io.forebay.benchmarks..",
              "io.forebay.cache.testing..") // tests'; its jar is on the class path
          .should()
          .dependOnClassesThat(SOCKETS_AND_FILES);

  @ArchTest
  static final ArchRule theRulesOfCachesKnowNoHttp =
      noClasses()
          .that()
          .resideInAnyPackage("io.forebay.server.caches..", "io.forebay.server.access..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "io.forebay.server.api..", "io.forebay.server.v1..", "io.vertx..", "io.netty.."));
}
