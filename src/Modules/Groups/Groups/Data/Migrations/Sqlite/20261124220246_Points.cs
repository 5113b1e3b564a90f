using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Groups.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    internal partial class Points : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "points",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    group_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    profile_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    rule = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    subject_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    points = table.Column<int>(type: "INTEGER", nullable: false),
                    xp = table.Column<int>(type: "INTEGER", nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    inserted_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "points_reversed",
                columns: table => new
                {
                    subject_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    rule = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_reversed", x => new { x.subject_id, x.rule });
                });

            migrationBuilder.CreateTable(
                name: "points_standings",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    profile_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    points = table.Column<int>(type: "INTEGER", nullable: false),
                    xp = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_standings", x => new { x.group_id, x.profile_id });
                });

            migrationBuilder.CreateTable(
                name: "replica_invites",
                columns: table => new
                {
                    invite_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    inviter_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    accepted_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_replica_invites", x => x.invite_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_points_group_id_inserted_at_id",
                table: "points",
                columns: new[] { "group_id", "inserted_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_points_group_id_profile_id_day_rule_kind",
                table: "points",
                columns: new[] { "group_id", "profile_id", "day", "rule", "kind" });

            migrationBuilder.CreateIndex(
                name: "ix_points_subject_id_rule_profile_id_kind",
                table: "points",
                columns: new[] { "subject_id", "rule", "profile_id", "kind" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "points");

            migrationBuilder.DropTable(
                name: "points_reversed");

            migrationBuilder.DropTable(
                name: "points_standings");

            migrationBuilder.DropTable(
                name: "replica_invites");
        }
    }
}
