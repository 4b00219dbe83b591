using System.CommandLine;
using System.Security.Cryptography;
using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Cli.Galleries;

/// <summary><c>gallery enrol</c>: gives a subject the faces of pictures.</summary>
internal static class EnrolCommand
{
    public static Command Create(GalleryArguments shared)
    {
        var subject = new Argument<string>("subject") { Description = "Who it is." };
        var pictures = new Argument<string[]>("pictures") { Description = "Pictures; the largest face of each is enrolled.", Arity = ArgumentArity.OneOrMore };
        var allFaces = new Option<bool>("--all-faces") { Description = "Enrols every face of a picture: all of them are this subject." };
        var command = shared.Reading("enrol", "Enrols the faces of pictures under a subject. The same picture again changes nothing.");
        command.Add(subject);
        command.Add(pictures);
        command.Add(allFaces);
        command.SetGuardedAction(async (arguments, cancellationToken) =>
        {
            string name = arguments.GetRequiredValue(subject);
            if (!GalleryNames.IsSubject(name))
            {
                throw new CommandException($"'{name}' is no name of a subject: no slashes, control characters, or space or dot at an end");
            }

            using var session = new GallerySession(shared, arguments);
            var plan = await session.PlanEnrolmentAsync(cancellationToken);
            bool allWell = true;
            foreach (string picture in arguments.GetRequiredValue(pictures))
            {
                var (result, isEnrolled) = await EnrolAsync(session, plan, name, picture, arguments.GetValue(allFaces), cancellationToken);
                await (isEnrolled ? arguments.InvocationConfiguration.Output : arguments.InvocationConfiguration.Error).WriteLineAsync($"{picture}: {result}");
                allWell &= isEnrolled;
            }

            return allWell ? 0 : GalleryCommand.SomeFailed;
        });
        return command;
    }

    /// <summary>What became of a picture, in words.</summary>
    private static async Task<(string Result, bool IsEnrolled)> EnrolAsync(
        GallerySession session, RecognitionPlan plan, string subject, string picture, bool allFaces, CancellationToken cancellationToken)
    {
        try
        {
            byte[] bytes = await GallerySession.ReadFileAsync(picture, cancellationToken);
            string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            var faces = (await session.Models.Reader.ReadAsync(bytes, plan, cancellationToken)).Index();
            if (!allFaces)
            {
                faces = [faces.MaxBy(static face => (long)(face.Item.Area.W ?? 0) * (face.Item.Area.H ?? 0))];
            }

            var results = await session.Store.EnrolAsync(
                session.Name,
                [.. faces.Select(face => new FaceEnrolment(
                    subject, hash, face.Index, face.Item.Area, face.Item.Confidence, Source: null, face.Item.Thumbnail, [new(plan.Space, face.Item.Embedding)]))],
                cancellationToken);
            int created = results.Count(static result => result.Created);
            return (created == 0 ? "was enrolled before" : created == 1 ? "1 face enrolled" : $"{created} faces enrolled", true);
        }
        catch (CommandException)
        {
            return ("cannot be read", false);
        }
        catch (FaceAspireException exception) when (exception.IsAboutThePicture())
        {
            return (exception.Code == ErrorCode.NoFaceDetected ? "no face was found" : exception.Message, false);
        }
    }
}
