using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Groups.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class Points : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "points",
                schema: "groups",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    profile_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rule = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    points = table.Column<int>(type: "integer", nullable: false),
                    xp = table.Column<int>(type: "integer", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    inserted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "points_reversed",
                schema: "groups",
                columns: table => new
                {
                    subject_id = table.Column<Guid>(type: "uuid", nullable: false),
                    rule = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_reversed", x => new { x.subject_id, x.rule });
                });

            migrationBuilder.CreateTable(
                name: "points_standings",
                schema: "groups",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    profile_id = table.Column<Guid>(type: "uuid", nullable: false),
                    points = table.Column<int>(type: "integer", nullable: false),
                    xp = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_standings", x => new { x.group_id, x.profile_id });
                });

            migrationBuilder.CreateTable(
                name: "replica_invites",
                schema: "groups",
                columns: table => new
                {
                    invite_id = table.Column<Guid>(type: "uuid", nullable: false),
                    inviter_id = table.Column<Guid>(type: "uuid", nullable: true),
                    accepted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_replica_invites", x => x.invite_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_points_group_id_inserted_at_id",
                schema: "groups",
                table: "points",
                columns: new[] { "group_id", "inserted_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_points_group_id_profile_id_day_rule_kind",
                schema: "groups",
                table: "points",
                columns: new[] { "group_id", "profile_id", "day", "rule", "kind" });

            migrationBuilder.CreateIndex(
                name: "ix_points_subject_id_rule_profile_id_kind",
                schema: "groups",
                table: "points",
                columns: new[] { "subject_id", "rule", "profile_id", "kind" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "points",
                schema: "groups");

            migrationBuilder.DropTable(
                name: "points_reversed",
                schema: "groups");

            migrationBuilder.DropTable(
                name: "points_standings",
                schema: "groups");

            migrationBuilder.DropTable(
                name: "replica_invites",
                schema: "groups");
        }
    }
}
