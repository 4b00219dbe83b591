using System.CommandLine;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Evaluation;

/// <summary><c>evaluate</c>: how good a model is on labelled pictures of one's own, through the product's own pipeline.</summary>
internal static class EvaluateCommand
{
    private const int UsageError = 2;

    public static Command Create()
    {
        var pairs = new Option<FileInfo>("--pairs") { Description = "A CSV with the columns file1, file2 and same (1 or 0); files count from its folder.", Required = true };
        var model = new Option<string>("--model") { Description = "Recogniser, by the catalogue's name.", DefaultValueFactory = static _ => "FaceLite" };
        var detector = new Option<string>("--detector") { Description = "Detector, by the catalogue's name, or skip.", DefaultValueFactory = static _ => "yunet" };
        var metric = new Option<string>("--metric") { Description = "cosine, euclidean, euclidean_l2 or angular.", DefaultValueFactory = static _ => "cosine" };
        var alignment = new Option<string>("--alignment") { Description = "native or deepface.", DefaultValueFactory = static _ => "native" };
        var modelsDir = new Option<string?>("--models-dir") { Description = "Folder of model files; default: the variable MODELS_DIR." };
        var suggest = new Option<double?>("--suggest-threshold") { Description = "False-match rate, such as 0.001, for which a threshold is suggested." };
        var curve = new Option<FileInfo?>("--roc") { Description = "Where to draw the ROC curve: a .png." };
        var command = new Command("evaluate", "Measures a recogniser on labelled pairs of pictures.") { pairs, model, detector, metric, alignment, modelsDir, suggest, curve };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var output = arguments.InvocationConfiguration.Output;
            try
            {
                using var pipeline = Pipeline.Create(
                    arguments.GetRequiredValue(model),
                    arguments.GetRequiredValue(detector),
                    Parse(ApiNames.Alignments, "--alignment", arguments.GetRequiredValue(alignment)),
                    arguments.GetValue(modelsDir));
                var chosen = Parse(ApiNames.Metrics, "--metric", arguments.GetRequiredValue(metric));
                if (arguments.GetValue(suggest) is not (null or (> 0 and < 1)))
                {
                    throw new CommandException("--suggest-threshold: must lie between 0 and 1, such as 0.001");
                }

                var result = PairEvaluation.Run(pipeline, arguments.GetRequiredValue(pairs), chosen, cancellationToken);
                PairReport.Write(output, pipeline, chosen, result, arguments.GetValue(suggest));
                if (arguments.GetValue(curve) is { } file)
                {
                    RocPicture.Draw(result.Curve, $"{pipeline.Model.Name}, {ApiNames.Metrics.NameOf(chosen)}", file);
                }

                return 0;
            }
            catch (Exception exception) when (exception is CommandException or FaceAspireException)
            {
                await arguments.InvocationConfiguration.Error.WriteLineAsync(exception.Message);
                return UsageError;
            }
        });
        return command;
    }

    private static T Parse<T>(Vocabulary<T> names, string option, string text)
        where T : notnull =>
        names.TryParse(text, out var value) ? value : throw new CommandException($"{option}: must be one of {string.Join(", ", names.Names)} (value '{text}')");
}
