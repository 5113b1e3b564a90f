FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src src
RUN dotnet publish src/Host --configuration Release --output /app

# Not one of the images without ICU (chiseled, alpine): texts are compared by Unicode's rules.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
RUN install --directory --owner=1654 --group=1654 /data
# Numeric, so that an orchestrator can see that it is not root.
USER 1654
# With servers and a secret of its own, as in Production, nothing is written to the folder.
ENV BEAT_MESSASSING_SERVER=http://+:4000 BEAT_DATA=/data
EXPOSE 4000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["dotnet", "Beat.Messaging.Host.dll", "health"]
ENTRYPOINT ["dotnet", "Beat.Messaging.Host.dll"]
# Brings the databases to this version's schema, then serves.
CMD ["--migrate"]
