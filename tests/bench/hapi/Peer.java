// SPDX-License-Identifier: Apache-2.0
// HAPI as a peer of tests/bench/run. Reads one job a line on standard input and answers with one line each:
//   WORK FILE WARM SECONDS [EXPRESSION]   ->  bytes seconds     (WORK: read convert query validate; FILE: NDJSON, R4;
//                                                                seconds of the processor)
//   outcome VERSION FILE TARGET           ->  done              (writes an OperationOutcome)
// With arguments `cold FILE` it validates one file and ends.
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.fhirpath.IFhirPath;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.OperationOutcome;

public final class Peer {
  private static final class Version {
    final FhirContext context;
    final FhirValidator validator;

    Version(FhirContext context) {
      this.context = context;
      UnknownCodeSystemWarningValidationSupport unknown = new UnknownCodeSystemWarningValidationSupport(context);
      unknown.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
      FhirInstanceValidator instance = new FhirInstanceValidator(new ValidationSupportChain(
          new DefaultProfileValidationSupport(context), new CommonCodeSystemsTerminologyService(context),
          new InMemoryTerminologyServerValidationSupport(context), new SnapshotGeneratingValidationSupport(context),
          unknown));
      instance.setAnyExtensionsAllowed(false);
      validator = context.newValidator().registerValidatorModule(instance);
    }
  }

  private static final OperatingSystemMXBean MACHINE =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Version r4;
  private Version stu3;

  private Version r4() {
    return r4 == null ? r4 = new Version(FhirContext.forR4()) : r4;
  }

  private Version version(String name) {
    if (!name.startsWith("3.")) return r4();
    return stu3 == null ? stu3 = new Version(FhirContext.forDstu3()) : stu3;
  }

  private Consumer<String> work(String name, String expression) {
    FhirContext context = r4().context;
    switch (name) {
      case "read":
        return line -> context.newJsonParser().parseResource(line);
      case "convert":
        return line -> context.newXmlParser().encodeResourceToString(context.newJsonParser().parseResource(line));
      case "query": {
        IFhirPath path = context.newFhirPath();
        IFhirPath.IParsedExpression parsed = parse(path, expression);
        return line -> {
          IBaseResource resource = context.newJsonParser().parseResource(line);
          path.evaluate(resource, parsed, IBase.class);
        };
      }
      case "validate":
        return line -> r4().validator.validateWithResult(line);
      default:
        throw new IllegalArgumentException(name);
    }
  }

  private static IFhirPath.IParsedExpression parse(IFhirPath path, String expression) {
    try {
      return path.parse(expression);
    } catch (Exception e) {
      throw new IllegalArgumentException(expression, e);
    }
  }

  private static double processorSeconds() {
    return MACHINE.getProcessCpuTime() / 1e9;
  }

  // Goes round the lines, sixteen between looks at the clock, until the time is up; gives the bytes done.
  private static long spend(List<String> lines, int[] next, double seconds, Consumer<String> work) {
    long bytes = 0;
    double end = processorSeconds() + seconds;
    while (processorSeconds() < end) {
      for (int count = 0; count < 16; ++count) {
        String line = lines.get(next[0]++ % lines.size());
        work.accept(line);
        bytes += line.getBytes(StandardCharsets.UTF_8).length + 1;
      }
    }
    return bytes;
  }

  private String measure(String[] job) throws Exception {
    List<String> lines = Files.readAllLines(Path.of(job[1]));
    Consumer<String> work = work(job[0], job.length > 4 ? job[4] : "");
    int[] next = {0};
    spend(lines, next, Double.parseDouble(job[2]), work);
    double start = processorSeconds();
    long bytes = spend(lines, next, Double.parseDouble(job[3]), work);
    return bytes + " " + (processorSeconds() - start);
  }

  private String outcome(String[] job) throws Exception {
    OperationOutcome outcome = new OperationOutcome();
    try {
      String text = Files.readString(Path.of(job[2]));
      for (SingleValidationMessage message : version(job[1]).validator.validateWithResult(text).getMessages()) {
        add(outcome, message.getSeverity(), message.getLocationString(), message.getMessage());
      }
    } catch (RuntimeException e) {
      add(outcome, ResultSeverityEnum.FATAL, "", String.valueOf(e.getMessage()));
    }
    Files.writeString(Path.of(job[3]), FhirContext.forR4Cached().newJsonParser().encodeResourceToString(outcome));
    return "done";
  }

  private static void add(OperationOutcome outcome, ResultSeverityEnum severity, String place, String text) {
    OperationOutcome.OperationOutcomeIssueComponent issue = outcome.addIssue();
    issue.setSeverity(OperationOutcome.IssueSeverity.fromCode(severity.getCode()));
    issue.setCode(OperationOutcome.IssueType.INVALID).setDiagnostics(text);
    if (place != null && !place.isEmpty()) issue.addExpression(place);
  }

  public static void main(String[] args) throws Exception {
    Peer peer = new Peer();
    if (args.length == 2 && args[0].equals("cold")) {
      System.out.println(peer.r4().validator.validateWithResult(Files.readString(Path.of(args[1]))).isSuccessful());
      return;
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] job = line.split("\t");
      System.out.println(job[0].equals("outcome") ? peer.outcome(job) : peer.measure(job));
      System.out.flush();
    }
  }
}
