using System.Net.Sockets;
using DotNetEnv;
using FaceAspire.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Sprache;

namespace FaceAspire.ServiceDefaults;

/// <summary>Starts and runs a host: settings from the environment and <c>.env</c>, readable lines instead of stack traces when it cannot start.</summary>
public static class ServiceHost
{
    private const int ConfigurationError = 2;
    private const int StartError = 1;
    private const string EnvironmentFile = ".env";

    // Whose complaints about addresses and certificates are complaints about settings.
    private const string Server = "Microsoft.AspNetCore.Server.Kestrel.Core";

    /// <summary>A builder that runs from any working directory and reads its settings from the environment, then from <c>.env</c> in the working directory.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        NativeMemory.LimitArenas();

        // The .NET base image presets it, so it is nobody's wish and beats neither HTTP_PORTS nor HOST and PORT.
        Environment.SetEnvironmentVariable("ASPNETCORE_HTTP_PORTS", null);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

        // Below the environment: what an orchestrator sets beats the file.
        var file = ReadEnvironmentFile(Path.Combine(Environment.CurrentDirectory, EnvironmentFile), out string? error);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = file });
        if (error is not null)
        {
            builder.Services.AddSingleton<IValidateOptions<HostingOptions>>(new ValidateOptions<HostingOptions>(name: null, static _ => false, error));
        }

        return builder;
    }

    /// <summary>Runs until SIGTERM or Ctrl-C. Wrong settings are one line each on stderr.</summary>
    /// <returns>The exit code: 0 after an orderly stop, 1 when the service could not start, 2 when its settings are wrong.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app)
    {
        await using (app)
        {
            try
            {
                await app.StartAsync();
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return 0; // asked to end before it had begun
            }
            catch (Exception exception) when (DescribeStartFailure(exception) is { } failure)
            {
                foreach (string line in failure.Lines.Distinct())
                {
                    await Console.Error.WriteLineAsync(line);
                }

                return failure.ExitCode;
            }

            await app.WaitForShutdownAsync();
            return 0;
        }
    }

    /// <summary>What an operator can do something about; null for a bug, which keeps its stack trace.</summary>
    private static (IEnumerable<string> Lines, int ExitCode)? DescribeStartFailure(Exception exception) => exception switch
    {
        OptionsValidationException options => (options.Failures, ConfigurationError),
        AggregateException all when all.Flatten().InnerExceptions is var inner && inner.All(static one => one is OptionsValidationException) =>
            (inner.SelectMany(static one => ((OptionsValidationException)one).Failures), ConfigurationError),
        InvalidOperationException or FormatException when exception.Source == Server => ([$"The service cannot listen: {exception.Message.Split('\n')[0].TrimEnd('\r')}"], ConfigurationError),
        InvalidDataException data => (data.Message.Split('\n'), ConfigurationError),
        AddressInUseException or IOException { InnerException: AddressInUseException } => ([$"The address is in use: {exception.Message}"], StartError),
        SocketException or IOException => ([$"The service cannot start: {exception.Message}"], StartError),
        _ => null,
    };

    /// <summary>The variables of a file in the usual form; none when it does not exist.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">What is wrong with it, without what stands in it, which may be secret; null when nothing is.</param>
    internal static Dictionary<string, string?> ReadEnvironmentFile(string path, out string? error)
    {
        error = null;
        var variables = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        try
        {
            foreach (var (name, value) in File.Exists(path) ? Env.NoEnvVars().Load(path) : [])
            {
                variables[name] = value;
            }
        }
        catch (ParseException exception)
        {
            error = $"{EnvironmentFile}: line {exception.Position?.Line} is not of the form NAME=value";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error = $"{EnvironmentFile}: the file cannot be read";
        }

        return variables;
    }
}
