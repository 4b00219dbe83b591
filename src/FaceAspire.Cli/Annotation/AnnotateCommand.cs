using System.CommandLine;
using FaceAspire.Contracts.Errors;
using FaceAspire.Vision.Detection;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;

namespace FaceAspire.Cli.Annotation;

/// <summary><c>annotate</c>: what a detector finds, drawn on the pictures. Exit code 0 when all went well, 1 when some pictures did not, 2 when nothing could be done.</summary>
internal static class AnnotateCommand
{
    private const int SomeFailed = 1;

    public static Command Create()
    {
        var pictures = new Argument<string[]>("pictures") { Description = "Pictures, or folders of pictures.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output", "-o") { Description = "The PNG file to write, replaced when it is there; of several pictures, or a folder, the folder for a PNG of each.", Required = true };
        var detector = new Option<string>("--detector") { Description = "Detector, by the catalogue's name.", DefaultValueFactory = static _ => "facelite" };
        var landmarks = new Option<bool>("--landmarks") { Description = "Draws the points: those of the person's right side vermilion, of the left side blue, the nose yellow." };
        var scores = new Option<bool>("--scores") { Description = "Writes the detector's score at each box." };
        var modelsDir = new Option<string?>("--models-dir") { Description = "Folder of model files; default: the variable MODELS_DIR." };
        var command = new Command("annotate", "Draws the faces that a detector finds on pictures.") { pictures, output, detector, landmarks, scores, modelsDir };
        command.SetGuardedAction(async (arguments, cancellationToken) =>
        {
            using var models = new CommandModels(arguments.GetValue(modelsDir));
            var network = models.DetectorOf(models.DetectorModelNamed(arguments.GetRequiredValue(detector)));
            var files = PictureFiles.Pair(arguments.GetRequiredValue(pictures), arguments.GetRequiredValue(output));
            network.Load(); // a detector that is not here is told before anything is written
            MakeFolder(Path.GetDirectoryName(files[0].Target)); // all have the same
            var drawing = new FaceDrawing(arguments.GetValue(landmarks), arguments.GetValue(scores));
            bool allWell = true;
            foreach (var (picture, target) in files)
            {
                var (result, isDrawn) = await DrawAsync(models.Decoder, network, drawing, picture, target, cancellationToken);
                await (isDrawn ? arguments.InvocationConfiguration.Output : arguments.InvocationConfiguration.Error).WriteLineAsync($"{picture}: {result}");
                allWell &= isDrawn;
            }

            return allWell ? 0 : SomeFailed;
        });
        return command;
    }

    /// <summary>What became of a picture, in words.</summary>
    private static async Task<(string Result, bool IsDrawn)> DrawAsync(
        ImageDecoder decoder, IFaceDetector detector, FaceDrawing drawing, string picture, string target, CancellationToken cancellationToken)
    {
        try
        {
            using var image = decoder.Decode(await File.ReadAllBytesAsync(picture, cancellationToken), cancellationToken);
            var faces = detector.Detect(image, cancellationToken);
            drawing.Draw(image, faces);
            byte[] png = PngEncoder.Encode(image);
            _ = await WholeFile.WriteAsync(target, async stream =>
            {
                await stream.WriteAsync(png, cancellationToken);
                return png.Length;
            });
            return (faces.Count == 1 ? "1 face" : $"{faces.Count} faces", true);
        }
        catch (FaceAspireException exception) when (exception.IsAboutThePicture())
        {
            return (exception.Message, false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ("cannot be read", false);
        }
    }

    private static void MakeFolder(string? folder)
    {
        try
        {
            _ = folder is null ? null : Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{folder} cannot be made.", exception);
        }
    }
}
