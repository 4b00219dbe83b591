using System.Reflection;
using System.Text.RegularExpressions;
using FaceAspire.Local.Manifest;
using Microsoft.Extensions.Configuration;

namespace FaceAspire.Tests.EndToEnd.Manifest;

/// <summary>AppHost, manifest, compose file and code say the same.</summary>
public sealed partial class ManifestSyncTests
{
    /// <summary>Read by others than our options: ASP.NET Core, OpenTelemetry.</summary>
    private static readonly string[] _ofTheFramework = ["ASPNETCORE_FORWARDEDHEADERS_ENABLED", "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"];

    /// <summary>What Aspire says of the same Redis and services in other words, for programs that read no connection strings; ours do.</summary>
    private static readonly string[] _inOtherWords = ["CACHE_HOST", "CACHE_PORT", "CACHE_PASSWORD", "CACHE_URI", "DETECTION_HTTP", "RECOGNITION_HTTP", "ATTRIBUTES_HTTP"];

    /// <summary>What several services get alike, although only one of them, which is named here, has a use for it.</summary>
    private static readonly Dictionary<string, string> _ofOneService = new()
    {
        ["DEFAULT_MODEL"] = "recognition",
        ["MAX_IMAGE_PIXELS"] = "detection",
        ["ConnectionStrings__cache"] = "recognition",
    };

    /// <summary>What only the compose file has: telemetry for its dashboard, folders beside the file.</summary>
    private static readonly string[] _ofComposeAlone = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_SERVICE_NAME", "MODELS_DIR", "FACES_DB_PATH"];

    public static TheoryData<string> Services => [.. Repository.Manifest.Projects.Select(static project => project.Key)];

    [Fact]
    public void AppHost_References_AreTheManifestsProjects()
    {
        string[] paths = [.. Repository.Manifest.Projects.Select(static project => Repository.Manifest.PathOf(project.Value))];

        paths.ShouldAllBe(static path => File.Exists(path));
        Repository.ReferencesOf(Repository.PathOf("src", "FaceAspire.AppHost", "FaceAspire.AppHost.csproj")).ShouldBe(paths, ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Services))]
    public void Variables_OfAService_AreReadByIt(string service)
    {
        var project = ProjectOf(service);

        project.Env.Keys
            .Where(static variable => !variable.StartsWith("services__", StringComparison.Ordinal)) // read by service discovery
            .Where(variable => _ofOneService.GetValueOrDefault(variable, service) == service)
            .Except(OptionsOf(project)).Except(_ofTheFramework).Except(_inOtherWords)
            .ShouldBeEmpty($"variables of {service} that no options class of its projects names");
    }

    [Theory, MemberData(nameof(Services))]
    public void Compose_Service_HasTheManifestsVariables(string service)
    {
        var compose = new ComposeFile(Repository.PathOf("docker-compose.yaml"));

        compose.Variables[service].Keys.Except(_ofComposeAlone).ShouldBe(ProjectOf(service).Env.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Compose_Settings_AreAllInTheExampleAndNoOthers()
    {
        string[] example = [.. File.ReadLines(Repository.PathOf(".env.example")).Where(static line => line.Contains('=') && line[0] != '#').Select(static line => line[..line.IndexOf('=', StringComparison.Ordinal)])];

        new ComposeFile(Repository.PathOf("docker-compose.yaml")).Settings.ShouldBe(example, ignoreOrder: true);
    }

    /// <summary>Galleries are kept there: a snapshot a minute would lose what was confirmed since.</summary>
    [Fact]
    public void Redis_HoldsGalleries_WritesAnAppendOnlyFileOnAVolume()
    {
        var cache = Repository.Manifest.Resources["cache"].ShouldBeOfType<ContainerResource>();
        string command = cache.Args[^1];

        ProjectOf("recognition").Env["GALLERY_STORE"].ShouldBe("redis");
        command.ShouldEndWith(" --appendonly yes");
        cache.Volumes.ShouldHaveSingleItem().Target.ShouldBe("/data");
        File.ReadAllText(Repository.PathOf("docker-compose.yaml")).ShouldContain($"- \"{command.Replace("$", "$$", StringComparison.Ordinal)}\"\n");
        File.ReadAllText(Repository.PathOf("src", "FaceAspire.AppHost", "AppHost.cs")).ShouldContain(" --appendonly yes\"");
    }

    [Theory, MemberData(nameof(Services))]
    public void Addresses_InAServicesCode_AreResourcesItReferences(string service)
    {
        var project = ProjectOf(service);
        string[] named =
        [
            .. Repository.ClosureOf(Repository.Manifest.PathOf(project))
                .SelectMany(static path => Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*.cs", SearchOption.AllDirectories))
                .SelectMany(static file => DiscoveredAddress().Matches(File.ReadAllText(file)).Select(static match => match.Groups[1].Value))
                .Distinct(),
        ];
        string[] referenced = [.. project.Env.Keys.Select(static variable => variable.Split("__")).Where(static parts => parts[0] == "services").Select(static parts => parts[1])];

        named.ShouldBeSubsetOf(referenced);
    }

    [Fact]
    public void Hosts_LaunchProfiles_HaveNoAddress()
    {
        // With one, Aspire publishes an https binding for it, and dotnet run overrides HOST and PORT.
        foreach (var (_, project) in Repository.Manifest.Projects)
        {
            File.ReadAllText(Path.Combine(Path.GetDirectoryName(Repository.Manifest.PathOf(project))!, "Properties", "launchSettings.json")).ShouldNotContain("applicationUrl");
        }
    }

    [Theory, MemberData(nameof(Services))]
    public void Image_OfAService_IsNamedAfterItAndIsWhatTheComposeExampleNames(string service)
    {
        File.ReadAllText(Repository.Manifest.PathOf(ProjectOf(service))).ShouldContain($"<ContainerRepository>faceaspire-{service}</ContainerRepository>");
        File.ReadAllText(Repository.PathOf(".env.example")).ShouldContain($"{service.ToUpperInvariant()}_IMAGE=faceaspire-{service}:latest\n");
    }

    private static ProjectResource ProjectOf(string service) => Repository.Manifest.Projects.Single(project => project.Key == service).Value;

    /// <summary>The variables that the options classes of a service's assemblies name.</summary>
    private static HashSet<string> OptionsOf(ProjectResource project) =>
    [
        .. Repository.ClosureOf(Repository.Manifest.PathOf(project))
            .SelectMany(static path => Assembly.Load(Path.GetFileNameWithoutExtension(path)).GetTypes())
            .SelectMany(static type => type.GetProperties())
            .Select(static property => property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name)
            .OfType<string>()
            .Select(static name => name.Replace(":", "__", StringComparison.Ordinal)),
    ];

    [GeneratedRegex(@"https\+http://([a-z]+)")]
    private static partial Regex DiscoveredAddress();
}
