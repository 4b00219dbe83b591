using System.CommandLine;

namespace FaceAspire.Cli.Evaluation;

/// <summary>The options that more than one kind of evaluation takes.</summary>
internal sealed class SharedOptions
{
    /// <summary>The models that are measured.</summary>
    public Option<string[]> Model { get; } = new("--model")
    {
        Description = "Recogniser or attribute model, by the catalogue's name; default: FaceLite, or for each attribute the first model that tells it. With --pairs several, or all.",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>The detectors that find the faces.</summary>
    public Option<string[]> Detector { get; } = new("--detector")
    {
        Description = "Detector, by the catalogue's name; or skip, but not with --detection: the whole picture is the face. With --pairs several, or all.",
        DefaultValueFactory = static _ => ["facelite"],
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Where the models are.</summary>
    public Option<string?> ModelsDir { get; } = new("--models-dir") { Description = "Folder of model files; default: the variable MODELS_DIR." };

    /// <summary>The only value of an option that may have several; null when it is not given.</summary>
    /// <exception cref="CommandException">There are several.</exception>
    public static string? OnlyOne(ParseResult arguments, Option<string[]> option) => arguments.GetValue(option) switch
    {
        null or [] => null,
        [var only] => only,
        _ => throw new CommandException($"{option.Name}: several go only with --pairs"),
    };
}
