using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Notifications.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    internal partial class Preferences : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "actor_name",
                table: "notifications",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "updates",
                table: "notifications",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "folds",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    profile_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    seq = table.Column<long>(type: "INTEGER", nullable: false),
                    notification_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    count = table.Column<int>(type: "INTEGER", nullable: false),
                    first_seq = table.Column<long>(type: "INTEGER", nullable: false),
                    last_seq = table.Column<long>(type: "INTEGER", nullable: false),
                    told_at = table.Column<long>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_folds", x => new { x.group_id, x.profile_id });
                });

            migrationBuilder.CreateTable(
                name: "preferences",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    profile_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    level = table.Column<int>(type: "INTEGER", nullable: false),
                    muted_until = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_preferences", x => new { x.group_id, x.profile_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_notifications_actor_id",
                table: "notifications",
                column: "actor_id");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_recipient_id_reference_id",
                table: "notifications",
                columns: new[] { "recipient_id", "reference_id" },
                unique: true,
                filter: "type = 'message' AND NOT is_read");

            migrationBuilder.CreateIndex(
                name: "ix_folds_due_at",
                table: "folds",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_folds_profile_id",
                table: "folds",
                column: "profile_id");

            migrationBuilder.CreateIndex(
                name: "ix_preferences_group_id_level",
                table: "preferences",
                columns: new[] { "group_id", "level" });

            migrationBuilder.CreateIndex(
                name: "ix_preferences_profile_id",
                table: "preferences",
                column: "profile_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "folds");

            migrationBuilder.DropTable(
                name: "preferences");

            migrationBuilder.DropIndex(
                name: "ix_notifications_actor_id",
                table: "notifications");

            migrationBuilder.DropIndex(
                name: "ix_notifications_recipient_id_reference_id",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "actor_name",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "updates",
                table: "notifications");
        }
    }
}
